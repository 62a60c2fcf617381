import type { Measure } from '../model/measure.ts';
import type { ChartBuffer } from './chart-buffer.ts';
import type { ValueTrail } from './value-trail.ts';

export interface LiveChart {
  readonly key: string;
  readonly title: string;
  /** Its buffer has values in the unit in which they are shown. */
  readonly measure: Measure;
  readonly order: number;
  readonly buffer: ChartBuffer;
  readonly lineTitles: Map<string, string>;
  /** From the top of the body, by line: what the history calls it, with dots. */
  readonly linePaths: Map<string, readonly string[]>;
}

export interface LiveTrail {
  readonly key: string;
  /** From the top of the body. */
  readonly path: readonly string[];
  readonly title: string;
  readonly trail: ValueTrail;
}

/** One thing that a device says, as it stands at the top of its messages, and all that is drawn of it. */
export class LiveField {
  /** `component/name`. */
  readonly key: string;
  readonly component: string | null;
  readonly name: string;
  /** Several for an object, or none. */
  readonly charts: LiveChart[] = [];
  readonly trails: LiveTrail[] = [];
  /** The first value that was one: what is guessed from it does not change with each message. */
  sample: unknown = undefined;
  lastValue: unknown = undefined;
  lastAtMs: number | null = null;
  /** How often it is usually heard, seconds; null before the second time. */
  usualSeconds: number | null = null;
  /** How often it was heard: changes with each message that speaks of it. */
  count = 0;

  constructor(key: string, component: string | null, name: string) {
    this.key = key;
    this.component = component;
    this.name = name;
  }

  note(atMs: number, value: unknown): void {
    // How long ago it was heard before the page listened says nothing of how often it is.
    if (this.lastAtMs !== null && this.count > 0) {
      const seconds = Math.max(0, atMs - this.lastAtMs) / 1_000;
      this.usualSeconds = this.usualSeconds === null ? seconds : this.usualSeconds * 0.9 + seconds * 0.1;
    }
    this.know(atMs, value);
    this.count += 1;
  }

  /** What the history remembers. */
  know(atMs: number, value: unknown): void {
    this.lastAtMs = atMs;
    this.lastValue = value;
    this.sample ??= value;
  }
}

/** Whether a value is older than it should be: three times the usual, and five seconds at the least. */
export function isStale(field: Pick<LiveField, 'lastAtMs' | 'usualSeconds'>, nowMs: number): boolean {
  if (field.lastAtMs === null || field.usualSeconds === null) return false;
  return (nowMs - field.lastAtMs) / 1_000 > Math.max(5, 3 * field.usualSeconds);
}
