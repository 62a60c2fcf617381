import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseConnectionString, type ReadyFile } from '@viaduct/contracts';
import { AuthMethod, RecordStamp, Source } from '@viaduct/hub';
import { type Commit, openFileLog } from '@viaduct/log';
import { BenchFailure, ServerProcess } from './child.ts';
import type { Drained, DrainOrder } from './events-reader.ts';
import { cpuSeconds } from './process-tree.ts';

/**
 * How fast a back end gets what is in the log: `npx tsx bench/events.ts [--events 1000000] [--repetitions 3]`.
 *
 * The log of one partition is written first; then, each in a process of its own, a server and a reader that starts at the oldest
 * event. Rows: what a Node TLS server sends that has the bytes ready (the ceiling of machine and reader), a light reader over TLS
 * and without it, and the official client. With `--program A.mjs,B.mjs` two builds are measured in turn, for a
 * before and after of one run. Compare figures of one run only.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    repetitions: { type: 'string', default: '3' },
    program: { type: 'string', default: new URL('../dist/viaduct.mjs', import.meta.url).pathname },
    readers: { type: 'string', default: 'ceiling,tls,plain,sdk' },
    folder: { type: 'string', default: new URL('./results', import.meta.url).pathname },
    profile: { type: 'string' },
    /** Every event has a message id of its own, as some SDKs give it. */
    'message-ids': { type: 'boolean', default: false },
  },
});
const EVENTS = Number(values.events);
const HOST = '127.77.0.11';
const PLAIN_PORT = 5672;
const PARTITIONS = 4;
/** The official client makes some fifty objects of an event: a share of the events tells as much. */
const SDK_SHARE = 0.2;

type Reader = 'ceiling' | 'tls' | 'plain' | 'sdk';
interface Row {
  readonly name: string;
  readonly samples: Sample[];
  readonly measure: () => Promise<Sample>;
}
interface Sample {
  readonly eventsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly serverCpuPerMillion: number;
}

const folder = resolve(values.folder);
mkdirSync(folder, { recursive: true });
const scratch = mkdtempSync(join(folder, 'events-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const seed = join(scratch, 'seed');
await writeSeed(seed);
const rows = rowsOf(values.readers.split(',') as Reader[], values.program.split(','));
for (let repetition = 0; repetition < Number(values.repetitions); repetition++) {
  for (const row of rows) {
    const sample = await row.measure();
    row.samples.push(sample);
    console.error(`${row.name.padEnd(60)} ${Math.round(sample.eventsPerSecond).toLocaleString('en')} events/s`);
  }
}
report(rows);

function rowsOf(readers: readonly Reader[], programs: readonly string[]): Row[] {
  const rows: Row[] = [];
  for (const reader of readers) {
    if (reader === 'ceiling') rows.push({ name: 'bytes that are ready, TLS', samples: [], measure: measureCeiling });
    else {
      for (const program of programs) {
        const name = programs.length > 1 ? `${reader}, ${program}` : reader;
        rows.push({ name, samples: [], measure: () => measureServer(program, reader) });
      }
    }
  }
  return rows;
}

async function measureServer(program: string, reader: Exclude<Reader, 'ceiling'>): Promise<Sample> {
  if (!existsSync(program)) throw new BenchFailure(`${program} is missing: npm run build`);
  const data = join(scratch, 'data');
  cpSync(seed, data, { recursive: true });
  const readyFile = join(scratch, 'ready.json');
  const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(values.profile)}`];
  const args = ['serve', '--data', data, '--bind', HOST, '--partitions', String(PARTITIONS), '--ready-file', readyFile];
  const more = ['--no-agent', '--amqp-plain-port', String(PLAIN_PORT)];
  const command = [...profile, program, ...args, ...more];
  const server = new ServerProcess(process.execPath, command, join(scratch, 'server.log'));
  try {
    const ready = await server.until('its ready file appeared', async () =>
      existsSync(readyFile) ? (JSON.parse(readFileSync(readyFile, 'utf8')) as ReadyFile) : undefined,
    );
    return await drain(orderFor(ready, reader), server.pid);
  } finally {
    await server.close();
    rmSync(data, { recursive: true });
  }
}

function orderFor(ready: ReadyFile, reader: 'tls' | 'plain' | 'sdk'): DrainOrder {
  const { SharedAccessKey: key = '', SharedAccessKeyName: policy = '' } = parseConnectionString(
    ready.hubConnectionString,
  );
  if (reader === 'sdk') {
    return { kind: 'sdk', events: EVENTS * SDK_SHARE, connectionString: ready.eventHubsConnectionString };
  }
  const port = reader === 'tls' ? ready.ports.amqp : PLAIN_PORT;
  return { kind: 'light', events: EVENTS, host: HOST, port, tls: reader === 'tls', policy, key };
}

/** A server without a hub: the same bytes for each event, made beforehand. */
async function measureCeiling(): Promise<Sample> {
  const program = new URL('./events-ceiling.ts', import.meta.url).pathname;
  const readyFile = join(scratch, 'ceiling.json');
  rmSync(readyFile, { force: true });
  const args = ['--import', 'tsx', program, HOST, readyFile, String(EVENTS)];
  const server = new ServerProcess(process.execPath, args, join(scratch, 'ceiling.log'));
  try {
    await server.until('it listened', async () => (existsSync(readyFile) ? true : undefined));
    const order = { kind: 'count', events: EVENTS, host: HOST, port: Number(readFileSync(readyFile, 'utf8')) } as const;
    return await drain(order, server.pid);
  } finally {
    await server.close();
  }
}

async function drain(order: DrainOrder, serverPid: number): Promise<Sample> {
  const program = new URL('./events-reader.ts', import.meta.url).pathname;
  const cpuBefore = cpuSeconds(serverPid);
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', program, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' },
  });
  const output = Buffer.concat(await child.stdout.toArray()).toString();
  if (output === '') throw new BenchFailure('the reader ended without a figure');
  const { seconds, bytes, events } = JSON.parse(output) as Drained;
  return {
    eventsPerSecond: events / seconds,
    megabytesPerSecond: bytes / seconds / 1e6,
    serverCpuPerMillion: ((cpuSeconds(serverPid) - cpuBefore) / events) * 1e6,
  };
}

/** Two hundred devices' JSON with the properties that SDKs set, all in partition 0, in commits as a busy hub makes them. */
async function writeSeed(data: string): Promise<void> {
  mkdirSync(join(data, 'log'), { recursive: true });
  const log = await openFileLog({ directory: join(data, 'log'), partitionCount: 2 * PARTITIONS, clock: Date });
  const properties = '%24.ct=application%2Fjson&%24.ce=utf-8&site=north';
  const bag = Buffer.from(values['message-ids'] ? `${properties}&%24.mid=000000000` : properties);
  const stamps = Array.from({ length: 200 }, (_, i) => {
    const identity = { deviceId: `device-${i}`, generationId: '638000000000000000', modelId: null };
    const stamp = new RecordStamp({ ...identity, authMethod: AuthMethod.deviceKey }, Source.telemetry);
    stamp.set(0, bag.length);
    return Buffer.concat([stamp.bytes, bag]);
  });
  const body = Buffer.from(JSON.stringify({ temperature: 21.5, humidity: 40, note: 'x'.repeat(108) }));
  for (let written = 0; written < EVENTS; ) {
    let commit: Commit | undefined;
    for (let i = 0; i < 2_000 && written < EVENTS; i++, written++) {
      const head = stamps[written % stamps.length] as Buffer;
      if (values['message-ids']) head.write(String(written).padStart(9, '0'), head.length - 9);
      commit = log.write(0, head, head.length, body, 0, body.length);
    }
    await new Promise<void>((done, failed) => commit?.add({ committed: () => done(), failed: (_c, e) => failed(e) }));
  }
  await log.close();
}

function report(measured: readonly Row[]): void {
  console.log(
    `${EVENTS.toLocaleString('en')} events of partition 0, medians of ${values.repetitions}; ratios to the first row\n`,
  );
  console.log('| reader | events/s | ratio | MB/s | server CPU-s/M |\n|---|--:|--:|--:|--:|');
  const [first] = measured;
  for (const { name, samples } of measured) {
    const of = (figure: keyof Sample, among = samples) => median(among.map((sample) => sample[figure]));
    const ratio = of('eventsPerSecond') / of('eventsPerSecond', first?.samples);
    const figures = [
      Math.round(of('eventsPerSecond')).toLocaleString('en'),
      ratio.toFixed(2),
      of('megabytesPerSecond').toFixed(0),
      of('serverCpuPerMillion').toFixed(2),
    ];
    console.log(`| ${name} | ${figures.join(' | ')} |`);
  }
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
