import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import type { DeviceListing } from '../packages/central/src/directory/device-directory.ts';
import type { RecordBatch } from '../packages/central/src/directory/store/apply-records.ts';
import { DirectoryThread } from '../packages/central/src/directory/store/directory-thread.ts';
import { parseGroupFilter } from '../packages/central/src/language/group-filter.ts';
import { AuthMethod, encodeRecord, Source } from '../packages/hub/src/core/record/record.ts';

/**
 * The directory of central over 200,000 devices with ten reported values each: lists, and what a change of a twin costs.
 *
 *     node --import tsx bench/directory.ts [--devices 200000]
 *
 * Prints Markdown. Lists go through the thread that the server asks; beside them stands how long the asking thread was away.
 */
const SITES = 1_000;
const REPETITIONS = 5;
const AT_ONCE = 200;
const BATCH_CHANGES = 250;
const CHANGES = 20_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { devices: { type: 'string', default: '200000' }, folder: { type: 'string', default: FOLDER } },
  });
  const count = Number(values.devices);
  mkdirSync(resolve(values.folder), { recursive: true });
  const directory = mkdtempSync(join(resolve(values.folder), 'directory-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'directory.sqlite');
  const writing = new DirectoryThread(file);
  const begun = performance.now();
  await fill(writing, count);
  const seconds = (performance.now() - begun) / 1_000;
  name(file);
  print(`# The directory over ${count.toLocaleString('en-US')} devices\n`);
  print(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; Node ${process.version}`);
  print(`${Math.round(statSync(file).size / 1e6)} MB on disk; compared with the hub in ${seconds.toFixed(0)} s\n`);

  const listing = new DirectoryThread(file);
  await listing.call('count', parseGroupFilter('SELECT * FROM devices'));
  print('| 50 of a list | first, ms | median, ms | event loop, longest ms |');
  print('|---|---:|---:|---:|');
  for (const [what, wanted] of LISTS) await measure(listing, what, { ...wanted, limit: 50 });
  const deep = await cursorAfter(listing, count / 2);
  await measure(listing, 'by name, from the middle', { orderBy: { field: 'displayName' }, cursor: deep, limit: 50 });
  await listing.close();

  print('\n| changes of twins | each, µs, in the writing thread | each, µs, in the asking thread | a second |');
  print('|---|---:|---:|---:|');
  await changes(writing, count);
  await writing.close();
}

const of = (text: string) => ({ filter: parseGroupFilter(`SELECT * FROM devices WHERE ${text}`) });
const LISTS: readonly (readonly [string, Omit<DeviceListing, 'limit'>])[] = [
  ['by id', {}],
  ['by name', { orderBy: { field: 'displayName' } }],
  ['last seen first', { orderBy: { field: 'lastSeenTime', descending: true } }],
  ['by template, which has no order of its own', { orderBy: { field: 'template' } }],
  ['found by a part of a name: `machine 1234`', { search: 'machine 1234' }],
  ['found by two letters', { search: '99' }],
  ['of one template', of('$template = "dtmi:bench:t3;1"')],
  ['with a property: `site = "site-17"`', of("site = 'site-17'")],
  ['with a property that half have: `temperature > 50`', of('temperature > 50')],
  ['of two properties and a template', of('$template = "dtmi:bench:t3;1" AND temperature > 50 AND floor = 3')],
  ['with either of two', of("site = 'site-17' OR floor = 3")],
];

async function fill(thread: DirectoryThread, count: number): Promise<void> {
  const round = await thread.call('beginResync', []);
  for (let at = 0; at < count; at += AT_ONCE) {
    const devices = Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, index) => device(at + index));
    await thread.call('resync', round, devices);
  }
}

/** As if somebody had named and assigned them all. */
function name(file: string): void {
  const database = new Database(file);
  database.exec(`UPDATE device SET display_name = 'Machine ' || device, search_text = device_id || char(10) || 'Machine ' || device,
    template_id = 'dtmi:bench:t' || (device % 20) || ';1'`);
  database.close();
}

function device(number: number) {
  return {
    deviceId: idOf(number),
    generationId: '1',
    enabled: number % 50 !== 0,
    isEdge: false,
    modelId: null,
    createdTime: number,
    desired: { interval: number % 60 },
    reported: { ...reported(number), serial: `s${number}`, firmware: { version: '1.2', build: number % 7 } },
    connected: number % 2 === 0,
    lastSeenTime: (number * 7_919) % 1_000_000,
  };
}

function reported(number: number) {
  return {
    site: `site-${(number * 7_919) % SITES}`,
    floor: number % 40,
    temperature: number % 101,
    thermostat1: { __t: 'c', temperature: number % 90, target: { value: 21, ac: 200, av: 1 } },
  };
}

async function measure(thread: DirectoryThread, what: string, listing: DeviceListing): Promise<void> {
  const times: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let i = 0; i < REPETITIONS; i++) {
    const begun = performance.now();
    await thread.call('page', listing);
    times.push(performance.now() - begun);
  }
  delay.disable();
  const first = times[0] ?? 0;
  const median = times.sort((a, b) => a - b)[Math.floor(REPETITIONS / 2)] ?? 0;
  print(`| ${what} | ${first.toFixed(0)} | ${median.toFixed(0)} | ${(delay.max / 1e6).toFixed(0)} |`);
}

async function cursorAfter(thread: DirectoryThread, devices: number): Promise<string> {
  let cursor = '';
  for (let seen = 0; seen < devices; seen += 1_000) {
    const page = await thread.call('page', {
      orderBy: { field: 'displayName' },
      limit: 1_000,
      ...(cursor === '' ? {} : { cursor }),
    });
    cursor = page.cursor ?? cursor;
    if (seen === 0) seen = devices - 10_000;
  }
  return cursor;
}

/** Batches as the reader hands them over, one after the other. */
async function changes(thread: DirectoryThread, count: number): Promise<void> {
  const batches: RecordBatch[] = [];
  for (let at = 0; at < CHANGES; at += BATCH_CHANGES) batches.push(batchOf(at, count));
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  let asking = 0;
  for (const batch of batches) {
    const askedAt = performance.now();
    const applied = thread.call('apply', batch);
    asking += performance.now() - askedAt;
    await applied;
  }
  const ms = performance.now() - begun;
  const cpu = process.cpuUsage(cpuBefore);
  const [each, asked] = [(ms * 1_000) / CHANGES, (asking * 1_000) / CHANGES];
  print(
    `| two values, ${BATCH_CHANGES} at a time | ${each.toFixed(1)} | ${asked.toFixed(1)} | ${Math.round(1e6 / each)} |`,
  );
  print(`\nBoth threads together took ${((cpu.user + cpu.system) / CHANGES).toFixed(1)} µs of processor each.`);
}

function batchOf(at: number, count: number): RecordBatch {
  const records = Array.from({ length: BATCH_CHANGES }, (_, index) => {
    const number = ((at + index) * 7_919) % count;
    const speaker = { deviceId: idOf(number), generationId: '1', authMethod: AuthMethod.none, modelId: null };
    const bag = 'opType=updateTwin&operationTimestamp=2026-01-01T00:00:00.0000000Z&hubName=hub&deviceId=x';
    const patch = { temperature: at + index, thermostat1: { __t: 'c', temperature: index }, $version: 5 };
    const body = Buffer.from(JSON.stringify({ version: 3, properties: { reported: patch } }));
    return encodeRecord(speaker, Source.twinChange, 0, bag, body);
  });
  return {
    partition: 4,
    nextOffset: at + BATCH_CHANGES,
    bytes: new Uint8Array(Buffer.concat(records)),
    lengths: records.map(({ length }) => length),
    enqueuedTimes: records.map(() => 0),
  };
}

function idOf(number: number): string {
  return `device-${String(number).padStart(6, '0')}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const FOLDER = new URL('./results', import.meta.url).pathname;
await main();
