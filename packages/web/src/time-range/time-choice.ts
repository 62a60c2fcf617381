import type { TimeRange } from '@viaduct/contracts';
import { durationMs, durationText, durationWords } from './duration.ts';

/**
 * When a page looks at, as its address says it:
 *
 *     time=PT1H                                              the last hour, and it moves with the clock
 *     time=2026-11-29T10:00:00.000Z/2026-11-29T12:00:00.000Z from … to …
 *     live=true                                              asked for anew each second
 *     compare=true                                           beside the period of the same length before it
 */
export interface TimeSearch {
  readonly time?: string | undefined;
  readonly live?: boolean | undefined;
  readonly compare?: boolean | undefined;
}

export interface TimeChoice {
  readonly range: TimeRange;
  readonly isLive: boolean;
  readonly isCompared: boolean;
}

/** From and to, ms since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export const DAY_RANGE: TimeRange = { kind: 'last', duration: 'P1D' };

export const RANGE_PRESETS: readonly string[] = [
  'PT5M',
  'PT30M',
  'PT1H',
  'PT3H',
  'PT12H',
  'P1D',
  'P2D',
  'P1W',
  'P2W',
  'P30D',
];

/** For `validateSearch`: anything that cannot be read is dropped. */
export function timeSearch(raw: Record<string, unknown>): TimeSearch {
  return {
    time: typeof raw.time === 'string' && readRange(raw.time) !== undefined ? raw.time : undefined,
    live: isOn(raw.live),
    compare: isOn(raw.compare),
  };
}

export function readRange(text: string): TimeRange | undefined {
  if (durationMs(text) !== undefined) return { kind: 'last', duration: text };
  const [from, to, ...others] = text.split('/').map(Date.parse);
  if (from === undefined || to === undefined || others.length > 0 || !(from < to)) return undefined;
  return { kind: 'between', from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

export function writeRange(range: TimeRange): string {
  return range.kind === 'last' ? range.duration : `${range.from}/${range.to}`;
}

export function spanOf(range: TimeRange, nowMs: number): Span {
  if (range.kind === 'between') return { fromMs: Date.parse(range.from), toMs: Date.parse(range.to) };
  return { fromMs: nowMs - (durationMs(range.duration) ?? 0), toMs: nowMs };
}

/** What was dragged over in a chart. */
export function rangeBetween({ fromMs, toMs }: Span): TimeRange {
  return { kind: 'between', from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

/** As long, and just before. */
export function rangeBefore(range: TimeRange, nowMs: number): TimeRange {
  const { fromMs, toMs } = spanOf(range, nowMs);
  return rangeBetween({ fromMs: fromMs - (toMs - fromMs), toMs: fromMs });
}

/** Steps through time by whole lengths; forward ends at now. */
export function shiftRange(range: TimeRange, steps: number, nowMs: number): TimeRange {
  const { fromMs, toMs } = spanOf(range, nowMs);
  const length = toMs - fromMs;
  if (toMs + steps * length >= nowMs) return { kind: 'last', duration: durationText(length) };
  return rangeBetween({ fromMs: fromMs + steps * length, toMs: toMs + steps * length });
}

/** In the viewer's zone. */
export function rangeWords(range: TimeRange): string {
  if (range.kind === 'last') return `Last ${durationWords(range.duration).replace(/^1 /, '')}`;
  const [from, to] = [new Date(range.from), new Date(range.to)];
  const isOneDay = from.toDateString() === to.toDateString();
  return `${momentWords(from)} – ${isOneDay ? to.toLocaleTimeString(undefined, { timeStyle: 'short' }) : momentWords(to)}`;
}

/** "Europe/Berlin (UTC+01:00)": whose clock the page shows. */
export function zoneWords(): string {
  const minutes = -new Date().getTimezoneOffset();
  const two = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, '0');
  const offset = `UTC${minutes < 0 ? '−' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
  return `${Intl.DateTimeFormat().resolvedOptions().timeZone} (${offset})`;
}

function momentWords(at: Date): string {
  return at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

function isOn(value: unknown): true | undefined {
  return value === true || value === 'true' ? true : undefined;
}
