import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { parseQuery } from '../packages/hub/src/core/query/parse-query.ts';
import { type HubStore, openSqliteStore } from '../packages/hub/src/store/sqlite/open-sqlite-store.ts';

/**
 * Queries over a million twins, before and after the index that Viaduct makes by itself.
 *
 *     npm run bench:query                    1,000,000 twins in bench/results, about ten minutes
 *     npm run bench:query -- --twins 50000   does it run at all?
 *
 * Prints Markdown. Twins are written as the registry writes them, but many to a statement; what is measured goes through the store.
 */
const SITES = 1_000;
const REPETITIONS = 5;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { twins: { type: 'string', default: '1000000' }, folder: { type: 'string', default: FOLDER } },
  });
  const twins = Number(values.twins);
  mkdirSync(resolve(values.folder), { recursive: true });
  const directory = mkdtempSync(join(resolve(values.folder), 'query-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'hub.sqlite');
  const options = { file, encryptionKey: randomBytes(32) };

  await (await openSqliteStore(options)).close();
  fill(file, twins);
  const megabytes = () => Math.round(statSync(file).size / 1e6);
  print(`# Queries over ${twins.toLocaleString('en-US')} twins\n`);
  print(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; Node ${process.version}; ${megabytes()} MB on disk\n`,
  );

  const store = await openSqliteStore(options);
  const bare = await writeCost(store, twins);
  print('| query | before, first | before, median ms | with the index, median ms | event loop, longest ms (before) |');
  print('|---|---:|---:|---:|---:|');
  // The threads are there once somebody asked.
  await measure(store, 'SELECT TOP 1 deviceId FROM devices');
  const before = new Map<string, { readonly first: number; readonly median: number; readonly delay: number }>();
  // Those that no index helps first: the first equality begins to fill one.
  for (const text of [...NEVER_INDEXED, ...INDEXED]) before.set(text, await measure(store, text));
  const fillingSince = performance.now();
  const fillDelay = watchLoop();
  await untilComplete(file);
  const fillSeconds = (performance.now() - fillingSince) / 1_000;
  const delayWhileFilling = fillDelay();
  for (const text of [...NEVER_INDEXED, ...INDEXED]) {
    const { first, median, delay } = before.get(text) ?? { first: 0, median: 0, delay: 0 };
    const after = INDEXED.includes(text) ? (await measure(store, text)).median.toFixed(1) : 'none';
    print(`| \`${text}\` | ${first.toFixed(0)} | ${median.toFixed(0)} | ${after} | ${delay.toFixed(0)} |`);
  }
  const indexed = await writeCost(store, twins);
  await store.close();
  print(
    `\nFilling took ${fillSeconds.toFixed(0)} s in the background; the event loop was away for ${delayWhileFilling.toFixed(0)} ms at most.`,
  );
  print(`With the indexes the file has ${megabytes()} MB.\n`);
  print('| a write, µs each, 64 at a time | without an index | with |');
  print('|---|---:|---:|');
  for (const what of ['insert', 'save'] as const) {
    print(
      `| ${what === 'insert' ? 'a device with its twin' : 'a twin whose tag changes'} | ${bare[what]} | ${indexed[what]} |`,
    );
  }
}

const INDEXED = [
  "SELECT * FROM devices WHERE tags.site = 'site-17'",
  "SELECT * FROM devices WHERE tags.site IN ['site-3', 'site-99', 'site-500']",
  "SELECT COUNT() AS n FROM devices WHERE tags.site = 'site-17'",
  "SELECT * FROM devices WHERE tags.site = 'nowhere'",
];
const NEVER_INDEXED = [
  'SELECT * FROM devices',
  'SELECT COUNT() AS n FROM devices',
  'SELECT * FROM devices WHERE properties.reported.temperature > 1000',
  'SELECT tags.site, COUNT() AS n FROM devices GROUP BY tags.site',
  'SELECT deviceId FROM devices ORDER BY properties.reported.temperature DESC',
];

const FOLDER = new URL('./results', import.meta.url).pathname;

function fill(file: string, twins: number): void {
  const database = new Database(file);
  database.pragma('synchronous = OFF');
  database
    .prepare(
      `with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ?)
      insert into identity
      select printf('device-%07d', i), '', 'g', 'e', 'enabled', null, 0, 0, 'sas', null, null, null, null, 0, null, '[]', null from n`,
    )
    .run(twins);
  const metadata = JSON.stringify({
    $lastUpdated: '2026-01-01T00:00:00.0000000Z',
    temperature: { $lastUpdated: '2026-01-01T00:00:00.0000000Z' },
  });
  database
    .prepare(
      `with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ?)
      insert into twin
      select printf('device-%07d', i), '', 2, 'AAAAAAAAAAE=',
        json_object('site', 'site-' || (i * 7919 % ${SITES}), 'floor', i % 40, 'owner', 'team-' || (i % 12)),
        json_object('interval', 30, 'firmware', json_object('version', '1.' || (i % 9))), ?, 1,
        json_object('temperature', i * 31 % 1000, 'firmware', json_object('version', '1.' || (i % 9)), 'serial', hex(i)), ?, 1, 1
      from n`,
    )
    .run(twins, metadata, metadata);
  database.close();
}

async function measure(store: HubStore, text: string) {
  const query = parseQuery(text);
  const times: number[] = [];
  const delay = watchLoop();
  for (let i = 0; i < REPETITIONS; i++) {
    const begun = performance.now();
    await store.queries.query(query, { limit: 100 });
    times.push(performance.now() - begun);
  }
  return { first: times[0] ?? 0, median: median(times), delay: delay() };
}

/** The longest that the loop was away, ms; an idle loop shows none. */
function watchLoop(): () => number {
  const resolution = 5;
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  return () => {
    histogram.disable();
    return Math.max(0, histogram.max / 1e6 - resolution);
  };
}

async function untilComplete(file: string): Promise<void> {
  const database = new Database(file, { readonly: true });
  const left = database.prepare<[], { left: number }>(
    "select count(*) as left from query_path where state <> 'complete'",
  );
  while ((left.get()?.left ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 250));
  database.close();
}

let written = 0;

/** µs a write, when 64 at a time share a commit. */
async function writeCost(store: HubStore, twins: number): Promise<{ readonly insert: number; readonly save: number }> {
  const COUNT = 6_400;
  const begun = performance.now();
  for (let i = 0; i < COUNT; i += 64) {
    await Promise.all(
      Array.from({ length: 64 }, async () => {
        const deviceId = `new-${written++}`;
        const twin = await store.twins.find({ deviceId: `device-0000000` });
        const entry = await store.registry.find({ deviceId: 'device-0000000' });
        if (twin === undefined || entry === undefined) throw new Error('the first twin is there');
        await store.registry.insert({ ...entry, deviceId }, { ...twin, deviceId });
      }),
    );
  }
  const insert = (performance.now() - begun) / COUNT;
  const changing = performance.now();
  for (let i = 0; i < COUNT; i += 64) {
    await Promise.all(
      Array.from({ length: 64 }, async (_, j) => {
        const deviceId = `device-${String((i + j) % twins).padStart(7, '0')}`;
        const twin = await store.twins.find({ deviceId });
        if (twin === undefined) throw new Error(`${deviceId} is there`);
        const changed = {
          ...twin,
          tags: { ...twin.tags, site: `site-${written++ % SITES}` },
          revision: twin.revision + 1,
        };
        await store.twins.save(changed, twin.revision);
      }),
    );
  }
  return { insert: Math.round(insert * 1_000), save: Math.round(((performance.now() - changing) / COUNT) * 1_000) };
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
