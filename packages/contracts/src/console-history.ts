/**
 * How the console reads what devices said: charts, tiles, explorer, downloads. There is one road to the history, the query language
 * of docs/protocol/central-query.md; a `SeriesRequest` is a query somebody clicked together, and `SeriesAnswer.query` says it in words.
 *
 *     POST   /history/series     SeriesBatch       → SeriesAnswer[]           one answer a request, in their order
 *     POST   /history/latest     LatestRequest     → LatestValue[]            last-known values, modelled or not
 *     POST   /history/query      HistoryQuery      → HistoryAnswer            400 argument.invalid, with the place in the text
 *     POST   /history/download   HistoryDownload   → text/csv, or Parquet; streamed
 *     GET    /history/state      → HistoryState           why a chart may stand still
 *     GET    /devices/{id}/connectivity?days=                   → Connectivity
 *     GET    /devices/{id}/twin/versions?before=&limit=         → Page<TwinVersionRow>   newest first
 *     GET    /devices/{id}/twin/property?component=&name=       → PropertyHistory
 *     GET    /devices/{id}/twin/versions/{version}              → TwinVersion            404 twin.versionNotKept
 *
 * Times are ISO 8601 in UTC; in columns of numbers they are ms since 1970.
 */

/** Whose telemetry. A device list, a group and a template are of what they are now, not of when the data came. */
export type SeriesSource =
  | { readonly kind: 'devices'; readonly deviceIds: readonly string[] }
  | { readonly kind: 'group'; readonly groupId: string }
  | { readonly kind: 'template'; readonly templateId: string }
  | { readonly kind: 'all' };

export type Aggregate = 'avg' | 'min' | 'max' | 'sum' | 'count' | 'first' | 'last';

/** Relative ranges end now, and move with it. */
export type TimeRange =
  | { readonly kind: 'last' /** ISO 8601 duration. */; readonly duration: string }
  | { readonly kind: 'between'; readonly from: string; readonly to: string };

export interface SeriesRequest {
  readonly source: SeriesSource;
  /** Absent or null: the root. */
  readonly component?: string | null;
  /** A telemetry name; members of objects with dots: `position.lat`; of a module, its id first: `camera.temperature`. */
  readonly name: string;
  /** `none`: the points themselves, thinned to `pointsMax` by LTTB where there are more. */
  readonly aggregate: Aggregate | 'none';
  /** One line for all devices, a line a device, or a line a value of a property (`component.name`, or `$template`, …). */
  readonly splitBy?: 'device' | { readonly property: string };
  readonly range: TimeRange;
  /** ISO 8601 duration of a bucket. Absent: chosen so that about `pointsMax` buckets fill the range. */
  readonly resolution?: string;
  /** Default and bound: LIMITS.SERIES_POINTS_MAX. */
  readonly pointsMax?: number;
  /** So many of the newest points instead of the range's thinning, of each device where lines are split by it: states, events, logs. At most LIMITS.SERIES_POINTS_MAX. */
  readonly newest?: number;
  /**
   * Of millions of numbers, a picture made of a twentieth of them is welcome now; whoever asks again without this gets the exact one. Sums,
   * counts, first and last are always exact.
   */
  readonly mayEstimate?: boolean;
}

export interface SeriesBatch {
  /** At most LIMITS.SERIES_REQUESTS_MAX. */
  readonly requests: readonly SeriesRequest[];
}

export interface SeriesAnswer {
  /** The request in the query language, to be opened, changed and saved. */
  readonly query: string;
  readonly from: string;
  readonly to: string;
  /** ISO 8601 duration of a bucket; null for points. */
  readonly resolution: string | null;
  /** At most LIMITS.SERIES_LINES_MAX. */
  readonly lines: readonly SeriesLine[];
  /** There were more lines, or devices, than are answered. */
  readonly isCut: boolean;
  /** Made of a part of the points, as `mayEstimate` allows. */
  readonly isEstimate?: boolean;
  /** Why this request, alone, has no answer. */
  readonly problem?: { readonly code: string; readonly message: string };
}

export interface SeriesLine {
  /** Stable across refreshes: a device id, a property's value, or `all`. */
  readonly key: string;
  readonly label: string;
  /** Ms since 1970, rising. */
  readonly times: readonly number[];
  /** Numbers; text or JSON values of strings, states, events and locations; null for an empty bucket. */
  readonly values: readonly unknown[];
  /** With aggregate `avg`, also the extremes of each bucket, for the band around the line. */
  readonly min?: readonly (number | null)[];
  readonly max?: readonly (number | null)[];
  /** Device of each point, where a line is of several. */
  readonly deviceIds?: readonly string[];
}

export interface LatestRequest {
  readonly source: SeriesSource;
  /** Absent: everything that was ever said. */
  readonly names?: readonly { readonly component?: string | null; readonly name: string }[];
}

export interface LatestValue {
  readonly deviceId: string;
  readonly moduleId: string | null;
  readonly component: string | null;
  readonly name: string;
  readonly value: unknown;
  readonly time: string;
  readonly enqueuedTime: string;
}

export interface HistoryQuery {
  readonly query: string;
  /** Instead of the windows that the text has: a tile follows the time of its dashboard. Properties have no time, and stay. */
  readonly range?: TimeRange;
}

export interface HistoryAnswer {
  readonly columns: readonly {
    readonly name: string;
    readonly type: 'number' | 'text' | 'boolean' | 'time' | 'json';
  }[];
  readonly rows: readonly (readonly unknown[])[];
  /** More rows than are answered; a download has them all. */
  readonly isCut: boolean;
  readonly durationMs: number;
}

export interface HistoryDownload {
  /** Either. */
  readonly query?: string;
  readonly series?: SeriesRequest;
  readonly format: 'csv' | 'parquet';
}

export interface Connectivity {
  /** Before this nothing is known; null: it was never seen to come or leave. */
  readonly knownSince: string | null;
  /** Oldest first; the last is today, so far. */
  readonly days: readonly ConnectivityDay[];
}

export interface ConnectivityDay {
  /** UTC, `2026-05-01`. */
  readonly date: string;
  readonly onlineSeconds: number;
  /** Of the day, how much is known of; the share of time it was online is of this. */
  readonly knownSeconds: number;
  /** Of the day, how much is over. What is not known of it is its beginning. */
  readonly elapsedSeconds: number;
  /** How often it came. */
  readonly connects: number;
  /**
   * When it was online, in seconds of the day, rising: at most LIMITS.CONNECTIVITY_STAYS_PER_DAY_MAX. Of more, the shortest breaks between
   * them are closed: what cannot be drawn is still in the numbers.
   */
  readonly online: readonly (readonly [from: number, to: number])[];
}

export interface HistoryState {
  /** `diskFull`: nothing is written until there is room; devices go on. `off`: the configuration keeps no history. */
  readonly state: 'off' | 'opening' | 'running' | 'diskFull' | 'failed';
  /** Why, in words, unless it runs. */
  readonly reason: string | null;
  /** Records of the log that cannot be read in the history yet, and the age of the oldest on its way. */
  readonly behindRecords: number;
  readonly lagMs: number;
  readonly points: number;
  readonly series: number;
  readonly bytes: number;
}

export interface TwinVersionRow {
  /** Counts within the device: each change of desired, reported, tags or cloud properties is one. */
  readonly version: number;
  readonly at: string;
  readonly section: 'desired' | 'reported' | 'tags';
  /** `$version` of the section after it, where it has one. */
  readonly sectionVersion: number | null;
  /** Paths that changed, with dots; at most 20, then `…`. */
  readonly paths: readonly string[];
}

export interface TwinVersion extends TwinVersionRow {
  readonly desired: Readonly<Record<string, unknown>>;
  readonly reported: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, unknown>>;
}

/** What became of one property. */
export interface PropertyHistory {
  /** Newest first. */
  readonly items: readonly PropertyChange[];
  /** Values are large: of older changes no more is told than LIMITS.PROPERTY_HISTORY_BYTES_MAX. */
  readonly isCut: boolean;
}

/** Another value was asked for, or reported. */
export interface PropertyChange {
  /** Of the twin. */
  readonly version: number;
  readonly at: string;
  /** `desired`: people or programs asked for it. `reported`: the device said so. */
  readonly section: 'desired' | 'reported';
  /** `$version` of the section, where this change has one. */
  readonly sectionVersion: number | null;
  /** Null where it was removed. */
  readonly value: unknown;
}
