/** What is stored: the same for everybody. Devices speak in turn, all once before one speaks again, over a week that ends now. */
export interface Workload {
  readonly rows: number;
  readonly devices: number;
}

export interface Sample {
  readonly device: number;
  /** Ms since 1970. */
  readonly time: number;
  readonly value: number;
}

/** Medians, ms. */
export interface Readings {
  readonly week: number;
  readonly hour: number;
  readonly asked: number;
}

export interface Contestant {
  readonly name: string;
  /** Its CPU is that of this process. */
  readonly isInProcess: boolean;
  open(workload: Workload): Promise<void>;
  /** What was read meanwhile; null when nothing was. */
  ingest(workload: Workload): Promise<Readings | null>;
  /** Whatever it does behind the scenes is over. */
  settle(): Promise<void>;
  /** Average, least and most of a device by hour. Resolves to ms. */
  week(device: number, since: number): Promise<number>;
  /** The average of each device. Resolves to ms. */
  hour(since: number): Promise<number>;
  bytes(): Promise<number>;
  close(): Promise<void>;
}

const WEEK_MS = 7 * 86_400_000;
const HOUR_MS = 3_600_000;
/** All runs of this process have the same week. */
const END = Math.floor(Date.now() / 1_000) * 1_000;

export function sampleOf(row: number, { rows, devices }: Workload): Sample {
  const time = END - WEEK_MS + Math.floor((row / rows) * WEEK_MS);
  const device = row % devices;
  // As sensors say it: a slow wave, noise, one decimal.
  const value = Math.round(200 + 50 * Math.sin(time / 7e6 + device) + 10 * Math.random()) / 10;
  return { device, time, value };
}

export const weekBegin = END - WEEK_MS;
export const hourBegin = END - HOUR_MS;

/** Each query again and again, of another device each time; the first of each is not counted. */
export async function readQueries(
  contestant: Pick<Contestant, 'week' | 'hour'>,
  { devices }: Workload,
  repetitions: number,
): Promise<Readings> {
  const weeks: number[] = [];
  const hours: number[] = [];
  for (let i = 0; i <= repetitions; i++) {
    weeks.push(await contestant.week((i * 7_919) % devices, weekBegin));
    hours.push(await contestant.hour(hourBegin));
  }
  return { week: median(weeks.slice(1)), hour: median(hours.slice(1)), asked: repetitions };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
