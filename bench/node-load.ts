import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as after } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { parseArgs } from 'node:util';
import { generate } from 'mqtt-packet';
import { cpuSeconds } from './process-tree.ts';

/**
 * The load generator where no C compiler is: the options and the report of native/load.c, which see.
 *
 * It prebuilds frames and writes once a read as that one does, but takes several times its CPU. On a machine whose cores it
 * shares with the server every rate is a lower bound, and the report says so.
 */
const STRING = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    mode: STRING,
    host: STRING,
    port: STRING,
    devices: STRING,
    connections: STRING,
    window: STRING,
    rate: STRING,
    seconds: STRING,
    warmup: STRING,
    body: STRING,
    'server-pid': STRING,
    tls: { type: 'boolean', default: false },
  },
});

const [connections, window, rate] = [integer('connections'), integer('window'), integer('rate')];
const [seconds, warmupSeconds] = [Number(values.seconds), Number(values.warmup)];
const latencyMode = values.mode === 'latency';
const RING_FRAMES = latencyMode ? 64 : window * 4;
const ACK_BYTES = 4;
const PUBACK_BYTE = 0x40;
const DIALS_MAX = 64;

interface Device {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  readonly topic: string;
}

const devices: Device[] = readFileSync(values.devices ?? '', 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => {
    const [clientId = '', username = '', password = '', topic = ''] = line.split('\t');
    return { clientId, username, password, topic };
  });

const totals = { acked: 0, accepted: 0 };
const latencies: number[] = [];
let measureFromMs = 0;

/** One device: dials, is accepted, then counts acknowledgements four bytes at a time. */
class Connection {
  readonly #device: Device;
  readonly #ring: Buffer;
  readonly #frameBytes: number;
  readonly #scheduledMs = new Float64Array(RING_FRAMES);
  #socket: Socket | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #sent = 0;
  #acked = 0;

  constructor(device: Device) {
    this.#device = device;
    const frames = Array.from({ length: RING_FRAMES + window }, (_, index) =>
      generate({
        cmd: 'publish',
        qos: 1,
        dup: false,
        retain: false,
        topic: device.topic,
        payload: values.body ?? '',
        messageId: (index % RING_FRAMES) + 1,
      }),
    );
    this.#frameBytes = frames[0]?.byteLength ?? 0;
    this.#ring = Buffer.concat(frames);
  }

  async open(): Promise<void> {
    const { clientId, username, password } = this.#device;
    const address = { host: values.host ?? '', port: integer('port') };
    const socket = values.tls
      ? connectTls({ ...address, minVersion: 'TLSv1.3', rejectUnauthorized: false })
      : createConnection(address);
    socket.setNoDelay(true);
    await once(socket, values.tls ? 'secureConnect' : 'connect');
    socket.write(
      generate({ cmd: 'connect', clientId, username, password: Buffer.from(password), keepalive: 600, clean: true }),
    );
    const [connack] = (await once(socket, 'data')) as [Buffer];
    if (connack[0] !== 0x20 || connack[3] !== 0) fail(`${clientId}: refused with CONNACK code ${connack[3]}`);
    socket.on('data', (chunk: Buffer) => this.#takeAcks(chunk));
    socket.once('close', () => {
      if (this.#socket !== undefined) fail(`${clientId}: connection lost`);
    });
    this.#socket = socket;
    totals.accepted++;
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.end(generate({ cmd: 'disconnect' }));
  }

  send(count: number): void {
    const from = (this.#sent % RING_FRAMES) * this.#frameBytes;
    this.#sent += count;
    this.#socket?.write(this.#ring.subarray(from, from + count * this.#frameBytes));
  }

  sendScheduled(atMs: number): void {
    if (this.#sent - this.#acked >= RING_FRAMES) fail(`${this.#device.clientId}: the server does not keep up`);
    this.#scheduledMs[this.#sent % RING_FRAMES] = atMs;
    this.send(1);
  }

  #takeAcks(chunk: Buffer): void {
    const bytes = this.#rest.byteLength === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const count = Math.floor(bytes.byteLength / ACK_BYTES);
    const nowMs = latencyMode ? performance.now() : 0;
    for (let at = 0; at < count * ACK_BYTES; at += ACK_BYTES) {
      if (bytes[at] !== PUBACK_BYTE)
        fail(`${this.#device.clientId}: expected PUBACK, got 0x${bytes[at]?.toString(16)}`);
      if (latencyMode) this.#noteLatency(bytes.readUInt16BE(at + 2), nowMs);
    }
    this.#rest = bytes.subarray(count * ACK_BYTES);
    this.#acked += count;
    totals.acked += count;
    for (let left = latencyMode ? 0 : count; left > 0; left -= window) this.send(Math.min(left, window));
  }

  #noteLatency(packetId: number, nowMs: number): void {
    const scheduled = this.#scheduledMs[packetId - 1] ?? 0;
    if (scheduled >= measureFromMs) latencies.push(nowMs - scheduled);
  }
}

switch (values.mode) {
  case 'ingest':
    await ingest(await openAll());
    break;
  case 'latency':
    await latency(await openAll());
    break;
  case 'connect':
    await connectRate();
    break;
  case 'idle':
    await idle();
    break;
  default:
    fail(`no mode is called ${values.mode}`);
}
process.exit(0);

async function ingest(all: readonly Connection[]): Promise<void> {
  for (const connection of all) connection.send(window);
  await after(warmupSeconds * 1000);
  const from = reading();
  await after(seconds * 1000);
  report(from);
}

async function latency(all: readonly Connection[]): Promise<void> {
  const total = Math.floor((warmupSeconds + seconds) * rate);
  const startMs = performance.now() + 100;
  measureFromMs = startMs + warmupSeconds * 1000;
  let from: ReturnType<typeof reading> | undefined;
  for (let sent = 0; sent < total; await after(1)) {
    const nowMs = performance.now();
    if (nowMs >= measureFromMs) from ??= reading();
    for (let dueMs = 0; sent < total; sent++) {
      dueMs = startMs + (sent / rate) * 1000;
      if (dueMs > nowMs) break;
      all[sent % all.length]?.sendScheduled(dueMs);
    }
  }
  for (let tries = 0; totals.acked < total; tries++, await after(10)) {
    if (tries > 1_000) fail(`${total - totals.acked} messages were never acknowledged`);
  }
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? 0;
  report(from ?? reading(), { latencyMs: { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1) } });
}

async function connectRate(): Promise<void> {
  let next = 0;
  let open = true;
  const dialler = async (): Promise<void> => {
    while (open) {
      const connection = new Connection(devices[next++ % devices.length] ?? fail('no devices'));
      await connection.open();
      connection.close();
    }
  };
  const diallers = Array.from({ length: connections }, dialler);
  await after(warmupSeconds * 1000);
  const from = reading();
  await after(seconds * 1000);
  report(from);
  open = false;
  await Promise.all(diallers);
}

async function idle(): Promise<void> {
  const from = reading();
  await openAll();
  console.log(JSON.stringify({ open: connections }));
  process.stdin.resume();
  await Promise.race([once(process.stdin, 'end'), after(seconds * 1000)]);
  report(from);
}

async function openAll(): Promise<Connection[]> {
  const all = devices.slice(0, connections).map((device) => new Connection(device));
  if (all.length < connections) fail(`${all.length} devices for ${connections} connections`);
  for (let from = 0; from < all.length; from += DIALS_MAX) {
    await Promise.all(all.slice(from, from + DIALS_MAX).map(async (connection) => connection.open()));
  }
  return all;
}

function reading() {
  const { user, system } = process.cpuUsage();
  return {
    ...totals,
    atMs: performance.now(),
    serverCpu: cpuSeconds(integer('server-pid')),
    ownCpu: (user + system) / 1e6,
  };
}

function report(from: ReturnType<typeof reading>, more: object = {}): void {
  const to = reading();
  console.log(
    JSON.stringify({
      mode: values.mode,
      connections,
      seconds: (to.atMs - from.atMs) / 1000,
      acked: to.acked - from.acked,
      accepted: to.accepted - from.accepted,
      serverCpuSeconds: to.serverCpu - from.serverCpu,
      generatorCpuSeconds: to.ownCpu - from.ownCpu,
      ...more,
    }),
  );
}

function integer(name: 'port' | 'connections' | 'window' | 'rate' | 'server-pid'): number {
  return Number.parseInt(values[name] ?? '0', 10);
}

/** The words reach the bench by stderr, and nothing is reported of a run that failed. */
function fail(words: string): never {
  console.error(words);
  process.exit(1);
}
