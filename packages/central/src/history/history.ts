import type { DeviceIdentity } from '@viaduct/contracts';

/** A value that stands for a `?` of a statement. */
export type SqlValue = string | number | boolean | null | readonly string[] | readonly number[];

export interface HistoryRead {
  /** Nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
  /** Rows after which reading ends and `isCut` is said. */
  readonly rowsMax: number;
}

export interface HistoryRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Times as ms since 1970, JSON as text. */
  readonly rows: readonly (readonly unknown[])[];
  readonly isCut: boolean;
}

/** A thing that is measured; see history-schema.ts. */
export interface Series {
  readonly seriesId: number;
  readonly deviceId: string;
  /** '' for the device itself. */
  readonly moduleId: string;
  /** '' for the root. */
  readonly component: string;
  readonly name: string;
}

/** What is asked for by name; absent parts are '': the device itself, and the root. */
export interface SeriesName {
  readonly moduleId?: string;
  readonly component?: string;
  readonly name: string;
}

/** Why a value, or a whole message, is not kept as points. It stays in the messages. */
export type DropReason =
  | 'notJson'
  | 'notANumber'
  | 'nameUnusable'
  | 'tooManySeries'
  | 'valueTooLarge'
  | 'deviceRemoved';

/** How the store is doing; for metrics, and for who wonders why a chart stands still. */
export interface HistoryStats {
  readonly state: 'off' | 'opening' | 'running' | 'diskFull' | 'failed';
  /** Why, in words, unless it runs. */
  readonly reason: string | null;
  /** By partition of the log: records that are durable there and cannot be read here yet. */
  readonly behind: readonly number[];
  /** Age of the oldest of them, ms; 0 when there is none. */
  readonly lagMs: number;
  /** Records that retention took from the log before they were read here, since the start. */
  readonly missed: number;
  /** Points written since the start. */
  readonly pointsWritten: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly series: number;
  /** Of the store, now. */
  readonly points: number;
  readonly bytes: number;
  readonly parts: number;
  /** Points that retention removed since the start; when last, ms since 1970, 0 for never. */
  readonly pointsRemoved: number;
  readonly lastRetentionTime: number;
  readonly queriesRunning: number;
  readonly queriesWaiting: number;
  readonly queriesAnswered: number;
  readonly queriesUnanswered: number;
}

/** What devices said and what became of their twins, for as long as it is kept. Filled from the log; see ingest. */
export interface History {
  /**
   * Runs SQL against the views of history-schema.ts. It waits its turn, and ends after LIMITS.HISTORY_QUERY_SECONDS_MAX.
   *
   * @throws HubError history.busy, history.tooLong (retry), history.unavailable
   */
  query(sql: string, parameters: readonly SqlValue[], options: HistoryRead): Promise<HistoryRows>;

  /** Writes the answer of a query as a Parquet file. @throws as `query` */
  writeParquet(sql: string, parameters: readonly SqlValue[], file: string, signal?: AbortSignal): Promise<void>;

  /** Everything a device was ever heard to measure, from memory. */
  seriesOf(device: DeviceIdentity): readonly Series[];

  /**
   * The series of one name, of these devices or of all, from memory. To read them, write their ids into the statement as numbers
   * (`series_id IN (1, 2)`): the store then looks only where they are.
   */
  seriesNamed(wanted: SeriesName, deviceIds?: readonly string[]): readonly Series[];

  /** Values and messages of a device that are not kept as points, by reason. */
  droppedOf(device: DeviceIdentity): Promise<Readonly<Partial<Record<DropReason, number>>>>;

  /** Resolves when whatever the log held at the time of the call can be read: for tests, and right after a command. */
  caughtUp(signal?: AbortSignal): Promise<void>;

  stats(): HistoryStats;
}
