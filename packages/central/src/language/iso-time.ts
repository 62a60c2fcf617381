/** A length of time as ISO 8601 writes it: months have no fixed length, so they stand apart. */
export interface Duration {
  readonly months: number;
  readonly ms: number;
}

/** `PT10M`, `P1D`, `P2DT12H`, `P1W`, `P1M`. Undefined: no duration, or none at all. */
export function parseDuration(text: string): Duration | undefined {
  const parts = DURATION.exec(text);
  if (parts === null || text.length > 64) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  const ms = Math.round((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1_000);
  const duration = { months: years * 12 + months, ms };
  const isSane = duration.months <= MONTHS_MAX && ms <= MS_MAX && duration.months + ms > 0;
  return isSane ? duration : undefined;
}

/** With a `T` only if something follows it. */
const DURATION =
  /^P(?=\w)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;
const MONTHS_MAX = 1_200;
const MS_MAX = 36_525 * 86_400_000;

/** Whole units, the largest that divide it; what `parseDuration` reads back. */
export function formatDuration(ms: number): string {
  for (const [unit, length] of UNITS) if (ms % length === 0) return unit(ms / length);
  return `PT${ms / 1_000}S`;
}

const UNITS: readonly (readonly [(count: number) => string, number])[] = [
  [(count) => `P${count}D`, 86_400_000],
  [(count) => `PT${count}H`, 3_600_000],
  [(count) => `PT${count}M`, 60_000],
  [(count) => `PT${count}S`, 1_000],
];

/** The instant so long before another, in UTC. */
export function before(instant: number, { months, ms }: Duration): number {
  if (months === 0) return instant - ms;
  const date = new Date(instant);
  const day = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() - months, 1);
  // The 31st of a month that has 30 days is its last.
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime() - ms;
}

/** Ms since 1970. A time without zone is UTC, as is a day without time. */
export function parseInstant(text: string): number | undefined {
  if (!INSTANT.test(text)) return undefined;
  const time = Date.parse(/[zZ]|[+-]\d\d:\d\d$/.test(text) || !/t/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(time) ? undefined : time;
}

const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/i;
