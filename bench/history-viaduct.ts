import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { LogRecord } from '@viaduct/log';
import { HistoryThread } from '../packages/central/src/history/history-thread-handle.ts';
import { packRecords } from '../packages/central/src/history/pack-records.ts';
import { QueryQueue } from '../packages/central/src/history/query-queue.ts';
import { SeriesBook } from '../packages/central/src/history/series-book.ts';
import type { HistoryReply } from '../packages/central/src/history/thread-messages.ts';
import { AuthMethod, encodeRecord, Source } from '../packages/hub/src/core/record/record.ts';
import {
  type Contestant,
  hourBegin,
  median,
  type Readings,
  sampleOf,
  type Workload,
  weekBegin,
} from './history-contestants.ts';

const PIECE_RECORDS = 2_000;
const IN_FLIGHT_BYTES_MAX = 4 * 1_048_576;
const ASKED_EVERY_MS = 250;
const SETTINGS = { days: 30, bytesMax: 1e12, memoryBytes: 512 * 1_048_576, threads: 2 };

/** The thread of the history, fed as the server feeds it. */
export class ViaductContestant implements Contestant {
  readonly name = 'viaduct (DuckDB)';
  readonly isInProcess = true;
  readonly #file: string;
  readonly #queries = new QueryQueue();
  readonly #series = new SeriesBook();
  #thread!: HistoryThread;
  #inFlightBytes = 0;
  #written = 0;
  #parts = 0;
  #opened!: () => void;
  /** The thread alone keeps no process alive. */
  #alive: NodeJS.Timeout | undefined;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#file = join(directory, 'history.duckdb');
  }

  open(): Promise<void> {
    this.#alive = setInterval(() => {}, 60_000);
    return new Promise((resolve, reject) => {
      this.#opened = resolve;
      this.#thread = new HistoryThread(
        { file: this.#file, settings: SETTINGS },
        { onReply: (reply) => this.#hear(reply), onEnd: reject },
      );
    });
  }

  async ingest(workload: Workload): Promise<Readings> {
    const asking = this.#askMeanwhile(workload);
    for (let from = 0; from < workload.rows; from += PIECE_RECORDS) {
      const records: LogRecord[] = [];
      for (let row = from; row < Math.min(from + PIECE_RECORDS, workload.rows); row++)
        records.push(recordOf(row, workload));
      const packed = packRecords(records);
      this.#inFlightBytes += packed.byteLength;
      this.#thread.tell({ kind: 'records', piece: { partition: 0, firstOffset: from, packed } });
      do await after(0);
      while (this.#inFlightBytes > IN_FLIGHT_BYTES_MAX);
    }
    this.#thread.tell({ kind: 'commit' });
    while (this.#written < workload.rows) await after(1);
    return asking();
  }

  /** Sorting and merging are over. */
  async settle(): Promise<void> {
    for (let before = -1; before !== this.#parts; ) {
      before = this.#parts;
      await after(11_000);
    }
  }

  week(device: number, since: number): Promise<number> {
    const [series] = this.#series.named({ name: 't' }, [nameOf(device)]);
    return this.#timed(
      `SELECT time_bucket(INTERVAL 1 HOUR, time::TIMESTAMP) AS hour, avg(number), min(number), max(number) FROM points
       WHERE series_id IN (${series?.seriesId ?? 0}) AND time >= make_timestamp_ms(?)::TIMESTAMP_MS GROUP BY hour ORDER BY hour`,
      since,
    );
  }

  hour(since: number): Promise<number> {
    return this.#timed(
      `SELECT series_id, avg(number) FROM points WHERE time >= make_timestamp_ms(?)::TIMESTAMP_MS GROUP BY series_id`,
      since,
    );
  }

  async bytes(): Promise<number> {
    return statSync(this.#file).size;
  }

  async close(): Promise<void> {
    await this.#thread.close();
    clearInterval(this.#alive);
  }

  #askMeanwhile({ devices }: Workload): () => Promise<Readings> {
    const [weeks, hours]: [number[], number[]] = [[], []];
    let over = false;
    const asking = (async () => {
      for (let i = 0; !over; i++) {
        weeks.push(await this.week((i * 7_919) % devices, weekBegin));
        hours.push(await this.hour(hourBegin));
        await after(ASKED_EVERY_MS);
      }
    })();
    return async () => {
      over = true;
      await asking;
      return { week: median(weeks), hour: median(hours), asked: weeks.length };
    };
  }

  async #timed(sql: string, since: number): Promise<number> {
    const begun = performance.now();
    await this.#queries.ask({ sql, parameters: [since], rowsMax: 100_000 });
    return performance.now() - begun;
  }

  #hear(reply: HistoryReply): void {
    if (reply.kind === 'opened') {
      this.#queries.open((order) => this.#thread.tell(order));
      this.#opened();
    } else if (reply.kind === 'taken') this.#inFlightBytes -= reply.bytes;
    else if (reply.kind === 'committed') {
      this.#written += reply.points;
      this.#series.add(reply.added);
    } else if (reply.kind === 'figures') this.#parts = reply.figures.parts;
    else if (reply.kind === 'answered' || reply.kind === 'failed') this.#queries.hear(reply);
  }
}

function nameOf(device: number): string {
  return `device-${String(device).padStart(5, '0')}`;
}

function recordOf(row: number, workload: Workload): LogRecord {
  const { device, time, value } = sampleOf(row, workload);
  const speaker = { deviceId: nameOf(device), generationId: '1', authMethod: AuthMethod.deviceKey, modelId: null };
  const data = encodeRecord(speaker, Source.telemetry, 0, '', Buffer.from(`{"t":${value}}`));
  return { offset: row, enqueuedTime: time, data };
}
