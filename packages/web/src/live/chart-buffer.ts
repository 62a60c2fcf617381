/**
 * The recent past of one chart: a ring of rows, one time and one number a line. Memory is bounded by
 * CHART_POINTS_MAX rows and LINES_PER_CHART_MAX lines; the oldest rows go first.
 *
 * Two kinds of nothing are kept apart, because a chart draws them differently:
 *   absent  this message did not speak of the line       → undefined: the line is drawn through
 *   gap     the device was silent for long before this   → null: the line is broken
 */
export const CHART_POINTS_MAX = 20_000;
export const LINES_PER_CHART_MAX = 64;

/** Silence longer than this, and than five usual intervals, breaks the line. */
const GAP_SECONDS_MIN = 10;
const GAP_INTERVALS = 5;
const ROWS_AT_FIRST = 256;
const GAP = Number.POSITIVE_INFINITY;

type PlotColumn = (number | null | undefined)[];
/** Times in seconds, then a column a line: what uPlot takes. */
export type PlotData = [number[], ...PlotColumn[]];

export class ChartBuffer {
  #capacity = ROWS_AT_FIRST;
  #times = new Float64Array(ROWS_AT_FIRST);
  readonly #columns: Float64Array[] = [];
  readonly #lines = new Map<string, number>();
  #first = 0;
  #rows = 0;
  #usualSeconds: number | null = null;
  #version = 0;

  /** Names of the lines, in the order they appeared; the index is the column. */
  get lines(): readonly string[] {
    return [...this.#lines.keys()];
  }

  get rows(): number {
    return this.#rows;
  }

  /** Changes with each row, and with each line. */
  get version(): number {
    return this.#version;
  }

  /** Makes a line known that has no value yet. */
  declare(line: string): void {
    this.#columnOf(line);
  }

  /** How often this chart usually hears something, seconds; null before the second point. */
  get usualSeconds(): number | null {
    return this.#usualSeconds;
  }

  get lastTime(): number | null {
    return this.#rows === 0 ? null : (this.#times[this.#slot(this.#rows - 1)] ?? null);
  }

  /** Values that are not finite or belong to a line too many are left out. Times never run backwards. */
  append(timeSeconds: number, values: ReadonlyMap<string, number>): void {
    const last = this.lastTime;
    const time = last === null ? timeSeconds : Math.max(last, timeSeconds);
    if (last !== null) this.#noticeSilence(time - last, last);
    const slot = this.#push(time, Number.NaN);
    this.#version += 1;
    for (const [line, value] of values) {
      const column = this.#columnOf(line);
      if (column !== undefined && Number.isFinite(value)) column[slot] = value;
    }
  }

  /** The newest value of a line, or null. */
  latest(line: string): { readonly time: number; readonly value: number } | null {
    const column = this.#columns[this.#lines.get(line) ?? -1];
    for (let row = this.#rows - 1; column !== undefined && row >= 0; row -= 1) {
      const slot = this.#slot(row);
      const value = column[slot] ?? GAP;
      if (Number.isFinite(value)) return { time: this.#times[slot] ?? 0, value };
    }
    return null;
  }

  /** The first value of the first line at or after a time, or null. */
  firstSince(seconds: number): { readonly time: number; readonly value: number } | null {
    const [column] = this.#columns;
    for (let row = this.#firstRowAt(seconds); column !== undefined && row < this.#rows; row += 1) {
      const slot = this.#slot(row);
      const value = column[slot] ?? GAP;
      if (Number.isFinite(value)) return { time: this.#times[slot] ?? 0, value };
    }
    return null;
  }

  /** Rows from `fromSeconds` to `toSeconds`, and one before so that the line enters from the left edge. */
  window(fromSeconds: number, toSeconds: number): PlotData {
    const begin = Math.max(0, this.#firstRowAt(fromSeconds) - 1);
    const end = this.#firstRowAt(toSeconds + 0.001);
    const times: number[] = [];
    const columns = this.#columns.map((): PlotColumn => []);
    for (let row = begin; row < end; row += 1) {
      const slot = this.#slot(row);
      times.push(this.#times[slot] ?? 0);
      this.#columns.forEach((column, index) => {
        columns[index]?.push(plotValue(column[slot]));
      });
    }
    return [times, ...columns];
  }

  #noticeSilence(seconds: number, last: number): void {
    const isGap = seconds > Math.max(GAP_SECONDS_MIN, GAP_INTERVALS * (this.#usualSeconds ?? 0));
    if (isGap) this.#push(last, GAP);
    else this.#usualSeconds = this.#usualSeconds === null ? seconds : this.#usualSeconds * 0.9 + seconds * 0.1;
  }

  #push(time: number, filler: number): number {
    if (this.#rows === this.#capacity && this.#capacity < CHART_POINTS_MAX) this.#grow();
    if (this.#rows === this.#capacity) this.#first = (this.#first + 1) % this.#capacity;
    else this.#rows += 1;
    const slot = this.#slot(this.#rows - 1);
    this.#times[slot] = time;
    for (const column of this.#columns) column[slot] = filler;
    return slot;
  }

  #columnOf(line: string): Float64Array | undefined {
    const index = this.#lines.get(line);
    if (index !== undefined) return this.#columns[index];
    if (this.#lines.size >= LINES_PER_CHART_MAX) return undefined;
    const column = new Float64Array(this.#capacity).fill(Number.NaN);
    this.#version += 1;
    this.#lines.set(line, this.#columns.length);
    this.#columns.push(column);
    return column;
  }

  #grow(): void {
    const capacity = Math.min(CHART_POINTS_MAX, this.#capacity * 2);
    const moved = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(capacity).fill(Number.NaN);
      for (let row = 0; row < this.#rows; row += 1) to[row] = from[this.#slot(row)] ?? Number.NaN;
      return to;
    };
    this.#times = moved(this.#times);
    this.#columns.forEach((column, index) => {
      this.#columns[index] = moved(column);
    });
    this.#capacity = capacity;
    this.#first = 0;
  }

  #slot(row: number): number {
    return (this.#first + row) % this.#capacity;
  }

  /** Binary search: times are ascending. */
  #firstRowAt(seconds: number): number {
    let low = 0;
    let high = this.#rows;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[this.#slot(middle)] ?? 0) < seconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function plotValue(stored: number | undefined): number | null | undefined {
  if (stored === GAP) return null;
  return stored === undefined || Number.isNaN(stored) ? undefined : stored;
}
