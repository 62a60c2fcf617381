/** Texts for people. Pure; times are milliseconds since 1970, and the viewer's zone and language are the browser's. */
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const ONE = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const TWO = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const FINE = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** Beyond these, digits would fill the page. */
const COMPACT_MAX = 1e15;
const FINE_MIN = 1e-6;

/** As many digits as one reads at a glance: 0.0123, 4.57, 21.5, 1,234, 12.3M. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= COMPACT_MAX || (size > 0 && size < FINE_MIN)) return value.toExponential(2);
  if (size >= 1_000_000) return COMPACT.format(value);
  if (size >= 1_000 || Number.isInteger(value)) return WHOLE.format(value);
  if (size >= 100) return ONE.format(value);
  return size >= 1 || size === 0 ? TWO.format(value) : FINE.format(value);
}

/** With as many decimal places as a model asks for; where it asks for none, as `formatNumber`. */
export function formatDecimals(value: number, places: number | undefined): string {
  if (places === undefined || Math.abs(value) >= COMPACT_MAX) return formatNumber(value);
  const digits = Math.min(20, Math.max(0, Math.round(places)));
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * Marks on an axis: short, but never so short that two neighbours read the same.
 *
 * @param step distance between marks
 */
export function formatMark(value: number, step: number): string {
  const size = Math.abs(value);
  if (size >= COMPACT_MAX) return value.toExponential(1);
  if (size < 1_000) return String(Number(value.toPrecision(6)));
  return size < 100_000 && step < 100 ? WHOLE.format(value) : markFormat(size, step).format(value);
}

/** Enough digits that one step changes the last of them. */
function markFormat(size: number, step: number): Intl.NumberFormat {
  const digits = Math.min(15, Math.max(2, Math.ceil(Math.log10(size / step)) + 1));
  return new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: digits });
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  return bytes < 1_048_576 ? `${ONE.format(bytes / 1_024)} KiB` : `${ONE.format(bytes / 1_048_576)} MiB`;
}

/** "now", "12 s ago", "5 min ago", "3 h ago", "2 days ago". A time slightly ahead, by clock skew, is now. */
export function formatAge(atMs: number, nowMs: number): string {
  const seconds = Math.floor((nowMs - atMs) / 1_000);
  return seconds < 2 ? 'now' : `${formatDuration(seconds)} ago`;
}

export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? '1 day' : `${days} days`;
}

/** Hours, minutes and seconds in the viewer's zone, always two digits each. */
export function formatClock(atMs: number, withMilliseconds = false): string {
  const at = new Date(atMs);
  const two = (part: number): string => String(part).padStart(2, '0');
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return withMilliseconds ? `${clock}.${String(at.getMilliseconds()).padStart(3, '0')}` : clock;
}

export function formatMoment(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** A property's value on one line. */
export function formatValue(value: unknown): string {
  if (value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
