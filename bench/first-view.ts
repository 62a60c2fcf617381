import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { SeriesRequest } from '@viaduct/contracts';
import type { HistoryRows } from '../packages/central/src/history/history.ts';
import { openHistoryDatabase } from '../packages/central/src/history/worker/history-database.ts';
import { PartBook, tableOf } from '../packages/central/src/history/worker/part-book.ts';
import { runQuery } from '../packages/central/src/history/worker/run-statement.ts';
import { answerSeries } from '../packages/central/src/language/answer-series.ts';
import type { QueryParts } from '../packages/central/src/language/run-central-query.ts';

/**
 * The first view of very many points: how long until there is a picture, and until it is exact.
 *
 *     node --conditions=source --import tsx bench/first-view.ts                    10,000,000 points of one device in a month
 *     node --conditions=source --import tsx bench/first-view.ts --points 3000000
 *
 * The points are in a file of the history, in parts as the server makes them; every answer goes the whole way from the request of a chart
 * to its lines. Prints Markdown; only ratios of one run count.
 */
const REPETITIONS = 5;
const PARTS = 5;
const MONTH_MS = 30 * 86_400_000;
const SETTINGS = { days: 60, bytesMax: 1e12, memoryBytes: 512 * 1_048_576, threads: 2 };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      points: { type: 'string', default: '10000000' },
      folder: { type: 'string', default: new URL('./results', import.meta.url).pathname },
    },
  });
  const points = Number(values.points);
  mkdirSync(resolve(values.folder), { recursive: true });
  const directory = mkdtempSync(join(resolve(values.folder), 'first-view-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const database = await openHistoryDatabase(join(directory, 'history.duckdb'), SETTINGS);
  const book = await PartBook.open(database.writer);
  const begin = Date.UTC(2026, 0, 1);
  const stepMs = MONTH_MS / points;
  for (let part = 0; part < PARTS; part++) {
    const [from, to] = [part, part + 1].map((edge) => Math.floor((edge * points) / PARTS));
    await database.writer.run(
      `INSERT INTO ${tableOf(book.open)} SELECT 1, t, t, 0, 1, 20 + 5 * sin(i / 100000.0) + random(), NULL
         FROM (SELECT i, make_timestamp_ms((${begin} + i * ${stepMs})::BIGINT)::TIMESTAMP_MS AS t FROM range(${from}, ${to}) r(i))`,
    );
    await book.rotate();
  }
  await database.writer.run('CHECKPOINT');

  const reader = await database.connect();
  const series = [{ seriesId: 1, deviceId: 'd', moduleId: '', component: '', name: 'level' }];
  const history = {
    seriesNamed: ({ name, moduleId = '', component = '' }: { name: string; moduleId?: string; component?: string }) =>
      name === 'level' && moduleId === '' && component === '' ? series : [],
    query: (sql: string, parameters: readonly never[], { rowsMax }: { rowsMax: number }): Promise<HistoryRows> =>
      runQuery(reader, { sql, parameters, rowsMax }, () => {}),
  };
  const parts = {
    history,
    templates: { find: () => undefined, list: () => [] },
    devices: { idsOf: async () => ({ deviceIds: ['d'], isCut: false }), list: async () => ({ items: [] }) },
    groups: { find: () => undefined },
    hub: { clock: { now: () => begin + MONTH_MS } },
  } as unknown as QueryParts;

  process.stdout.write(`# The first view of ${points.toLocaleString('en-US')} points\n\n`);
  process.stdout.write(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; Node ${process.version}\n\n`,
  );
  process.stdout.write('| a line of | estimate, ms | exact, ms | the estimate is there in |\n|---|---:|---:|---|\n');
  for (const aggregate of ['avg', 'none'] as const) {
    const request: SeriesRequest = {
      ...{ source: { kind: 'all' }, name: 'level', aggregate, pointsMax: 1_000 },
      range: { kind: 'last', duration: 'P30D' },
    };
    const exact = await medianMs(() => answerSeries(parts, [request]));
    const estimate = await medianMs(() => answerSeries(parts, [{ ...request, mayEstimate: true }]));
    const words = aggregate === 'avg' ? 'averages of intervals' : 'points, thinned';
    process.stdout.write(
      `| ${words} | ${estimate.toFixed(0)} | ${exact.toFixed(0)} | 1/${(exact / estimate).toFixed(1)} of the time |\n`,
    );
  }
  database.close();
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < REPETITIONS; i++) {
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b)[REPETITIONS >> 1] ?? Number.NaN;
}

await main();
