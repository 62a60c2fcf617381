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

/** What devices said and what became of their twins, for as long as it is kept. Filled from the log; see ingest. */
export interface History {
  /**
   * Runs SQL against the views of history-schema.ts. It waits its turn, and ends after LIMITS.HISTORY_QUERY_SECONDS_MAX.
   *
   * @throws HubError history.busy, history.tooLong (retry), history.unavailable
   */
  query(sql: string, parameters: readonly SqlValue[], options: HistoryRead): Promise<HistoryRows>;

  /** Writes the answer of a query as a Parquet file. */
  writeParquet(sql: string, parameters: readonly SqlValue[], file: string, signal?: AbortSignal): Promise<void>;

  /** Everything a device was ever heard to measure, from memory. */
  seriesOf(device: DeviceIdentity): readonly Series[];

  /** Resolves when whatever the log held at the time of the call can be read: for tests, and right after a command. */
  caughtUp(signal?: AbortSignal): Promise<void>;
}
