import type { ErrorCode } from '@viaduct/contracts';
import type { DropReason, HistoryRows, Series, SqlValue } from './history.ts';
import type { FoundTwin } from './worker/twin-recorder.ts';

/** What the thread of the store is started with. */
export interface HistoryThreadData {
  readonly file: string;
  readonly settings: HistorySettings;
}

export interface HistorySettings {
  /** Points older than this go, days. */
  readonly days: number;
  /** The oldest points go when the store is larger than this. */
  readonly bytesMax: number;
  /** Memory that the store's engine may take, bytes. */
  readonly memoryBytes: number;
  /** Threads that one query may use, and the store's own upkeep. */
  readonly threads: number;
}

/** From the thread of the hub to that of the store. */
export type HistoryOrder =
  /** Of the last millisecond that the store has; only to number on from there. */
  | { readonly kind: 'recount'; readonly piece: LogPiece }
  | { readonly kind: 'records'; readonly piece: LogPiece }
  /** A twin whose beginning the log does not have any more, as it is. */
  | { readonly kind: 'twin'; readonly found: FoundTwin }
  /** What was taken shall be readable now, and not when it is due. */
  | { readonly kind: 'commit' }
  | { readonly kind: 'query'; readonly number: number; readonly query: HistoryStatement }
  | { readonly kind: 'cancel'; readonly number: number }
  | { readonly kind: 'close' };

export interface HistoryStatement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
  readonly rowsMax: number;
  /** Where the answer goes, as Parquet, instead of back. */
  readonly parquetFile?: string;
}

/** Records of a partition in one buffer; see pack-records.ts. */
export interface LogPiece {
  readonly partition: number;
  /** Of the first record; the others follow without a gap. */
  readonly firstOffset: number;
  readonly packed: Uint8Array;
}

export interface StoredPlace {
  /** The first offset that is not in the store. */
  readonly next: number;
  /** When the one before it was enqueued. */
  readonly lastTime: number;
}

/** The other way. */
export type HistoryReply =
  /** Where each partition goes on. */
  | { readonly kind: 'opened'; readonly places: ReadonlyMap<number, StoredPlace>; readonly series: readonly Series[] }
  /** A piece was taken; there is room for as much again. */
  | { readonly kind: 'taken'; readonly bytes: number }
  | CommitReply
  | { readonly kind: 'answered'; readonly number: number; readonly rows: HistoryRows }
  | { readonly kind: 'failed'; readonly number: number; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: 'figures'; readonly figures: StoreFigures }
  /** Something by itself went wrong; the thread goes on. */
  | { readonly kind: 'fault'; readonly message: string };

export interface CommitReply {
  readonly kind: 'committed';
  readonly places: ReadonlyMap<number, number>;
  readonly points: number;
  readonly added: readonly Series[];
  /** Identities whose series are gone, as `identityKey`. */
  readonly removed: readonly string[];
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** Of these only changes are known: what they are built on has to be given. As `identityKey`. */
  readonly unfoundedTwins: readonly string[];
}

export interface StoreFigures {
  readonly points: number;
  readonly bytes: number;
  readonly parts: number;
  readonly pointsRemoved: number;
  readonly lastRetentionTime: number;
  /** Bytes that are free on the disk, when they are too few to go on; else null. */
  readonly diskFreeBytes: number | null;
}
