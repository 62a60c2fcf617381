import {
  DOUBLE,
  type DuckDBAppender,
  DuckDBDataChunk,
  DuckDBTimestampMillisecondsValue,
  TIMESTAMP_MS,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';

const COLUMNS = [UINTEGER, TIMESTAMP_MS, TIMESTAMP_MS, USMALLINT, UTINYINT, DOUBLE, VARCHAR];
/** The engine's own vector size: a chunk holds no more. */
const CHUNK_ROWS = 2_048;

export interface Point {
  readonly seriesId: number;
  readonly time: number;
  readonly enqueuedTime: number;
  readonly seq: number;
  readonly type: number;
  readonly number: number | null;
  readonly text: string | null;
}

/** Points that wait for their commit, a column an array: an object a point would cost more than the rest of the way. */
export class PointBatch {
  readonly #seriesIds: number[] = [];
  readonly #times: number[] = [];
  readonly #enqueuedTimes: number[] = [];
  readonly #seqs: number[] = [];
  readonly #types: number[] = [];
  readonly #numbers: (number | null)[] = [];
  readonly #texts: (string | null)[] = [];
  #textBytes = 0;
  #enqueuedMin = Number.POSITIVE_INFINITY;
  #enqueuedMax = 0;

  get size(): number {
    return this.#seriesIds.length;
  }

  /** About what it takes of memory. */
  get bytes(): number {
    return this.size * 64 + this.#textBytes;
  }

  get enqueuedMin(): number {
    return this.#enqueuedMin;
  }

  get enqueuedMax(): number {
    return this.#enqueuedMax;
  }

  add(point: Point): void {
    this.#seriesIds.push(point.seriesId);
    this.#times.push(point.time);
    this.#enqueuedTimes.push(point.enqueuedTime);
    this.#seqs.push(point.seq);
    this.#types.push(point.type);
    this.#numbers.push(point.number);
    this.#texts.push(point.text);
    if (point.text !== null) this.#textBytes += point.text.length;
    if (point.enqueuedTime < this.#enqueuedMin) this.#enqueuedMin = point.enqueuedTime;
    if (point.enqueuedTime > this.#enqueuedMax) this.#enqueuedMax = point.enqueuedTime;
  }

  appendTo(appender: DuckDBAppender): void {
    for (let from = 0; from < this.size; from += CHUNK_ROWS) {
      appender.appendDataChunk(this.#chunk(from, Math.min(from + CHUNK_ROWS, this.size)));
    }
    appender.flushSync();
  }

  #chunk(from: number, to: number): DuckDBDataChunk {
    const chunk = DuckDBDataChunk.create(COLUMNS, to - from);
    const time = timestamps();
    chunk.setColumnValues(0, this.#seriesIds.slice(from, to));
    chunk.setColumnValues(1, this.#times.slice(from, to).map(time));
    chunk.setColumnValues(2, this.#enqueuedTimes.slice(from, to).map(time));
    chunk.setColumnValues(3, this.#seqs.slice(from, to));
    chunk.setColumnValues(4, this.#types.slice(from, to));
    chunk.setColumnValues(5, this.#numbers.slice(from, to));
    chunk.setColumnValues(6, this.#texts.slice(from, to));
    return chunk;
  }
}

/** Times come in runs of the same: one object and one BigInt do for a run. */
function timestamps(): (time: number) => DuckDBTimestampMillisecondsValue {
  let last = Number.NaN;
  let value = new DuckDBTimestampMillisecondsValue(0n);
  return (time) => {
    if (time !== last) {
      last = time;
      value = new DuckDBTimestampMillisecondsValue(BigInt(time));
    }
    return value;
  };
}
