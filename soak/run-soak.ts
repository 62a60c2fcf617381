import { setMaxListeners } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { nextLoopbackAddress, type SpawnedServer, spawnTestServer } from '@viaduct/testkit';
import { BackEnd } from './back-end.ts';
import { closeHttpsSockets } from './connections/https.ts';
import { type EventReader, readEvents } from './event-reader.ts';
import { type MadeFleet, makeFleet } from './fleet.ts';
import { Ledger } from './ledger.ts';
import type { SoakOptions } from './options.ts';
import { descriptorKinds, openDescriptors, residentBytes, type Sample, slope } from './process-facts.ts';
import type { SoakDevice } from './soak-device.ts';

export interface SoakReport {
  readonly acknowledged: number;
  readonly seen: number;
  /** Acknowledged and not seen. Must be 0. */
  readonly missing: number;
  /** Seen out of order or after a hole. Must be empty. */
  readonly gaps: readonly string[];
  readonly duplicates: number;
  readonly commandsAccepted: number;
  /** Accepted and never in a device's hands. Must be empty. */
  readonly commandsMissing: readonly string[];
  readonly commandsRefused: number;
  readonly methods: Readonly<Record<string, number>>;
  readonly connects: Readonly<
    Record<string, { connects: number; connectFailures: number; sendFailures: number; lastFailure: string }>
  >;
  /** Of each life of the server: resident memory at every minute, and how it rose after the warm-up. */
  readonly memory: readonly { readonly mbByMinute: string; readonly mbPerHour: number | undefined }[];
  readonly descriptors: {
    readonly before: number;
    readonly after: number;
    /** What is open at the end. */
    readonly kinds: Readonly<Record<string, number>>;
  };
  /** Of the server's own stop at the end. Must be 0. */
  readonly exitCode: number | null;
}

const SAMPLE_MS = 5_000;
const REPORT_MS = 30_000;
const WARM_UP_SECONDS = 180;
const COMMAND_EVERY_MS = 200;
const METHOD_EVERY_MS = 200;
/** Longer than a command's lock, and than the pauses of a device that comes back. */
const SETTLE_MS_MAX = 180_000;
/** Sockets of the official service client, which has no way to close them; the server ends them after 72 s. */
const KEPT_ALIVE = 2;

/**
 * Runs a fleet against a server in a process of its own, cuts connections, kills the server, and counts.
 *
 * @param say hears of progress
 */
export async function runSoak(options: SoakOptions, say: (text: string) => void): Promise<SoakReport> {
  const directory = await mkdtemp(join(tmpdir(), 'viaduct-soak-'));
  const host = new SoakedServer(directory, nextLoopbackAddress());
  try {
    return await soak(options, host, say);
  } finally {
    await host.kill();
    closeHttpsSockets();
    await rm(directory, { recursive: true, force: true });
  }
}

async function soak(options: SoakOptions, host: SoakedServer, say: (text: string) => void): Promise<SoakReport> {
  const { ready, pid } = await host.start();
  const descriptorsBefore = openDescriptors(pid);
  const ca = await readFile(ready.caFile, 'utf8');
  const ledger = new Ledger();
  const [devicesLeave, backEndLeaves] = [new AbortController(), new AbortController()];
  // Every device listens, and each of its pauses.
  setMaxListeners(0, devicesLeave.signal, backEndLeaves.signal);
  const fleet = await makeFleet(options.devices, {
    ready,
    ca,
    ledger,
    intervalMs: options.intervalSeconds * 1_000,
    leaving: devicesLeave.signal,
    random: Math.random,
  });
  say(`${options.devices} devices are registered`);
  const { devices } = fleet;
  const reader = readEvents(ready.eventHubsConnectionString, ledger, (deviceId) => deviceId.startsWith('soak-'));
  const backEnd = new BackEnd({
    hub: { ready, ca },
    ...{ devices, ledger, random: Math.random, leaving: backEndLeaves.signal },
  });
  const lives = devices.map((device) => device.live());
  const backEndWork = [backEnd.sendCommands(COMMAND_EVERY_MS), backEnd.callMethods(METHOD_EVERY_MS)];
  const running = new AbortController();
  const chores = [
    repeat(1_000, running.signal, async () => cutSome(devices, options.cutsPerSecond)),
    repeat(SAMPLE_MS, running.signal, async () => host.sample()),
    repeat(REPORT_MS, running.signal, async () => say(progress(devices, ledger, host))),
  ];

  const spanMs = (options.minutes * 60_000) / (options.kills + 1);
  for (let kill = 0; kill < options.kills; kill++) {
    await wait(spanMs);
    say('kill -9');
    await host.kill();
    await host.start();
    say('started again');
  }
  await wait(spanMs);

  running.abort();
  await Promise.all(chores);
  say('the back end stops; devices take what still waits for them');
  backEndLeaves.abort();
  await Promise.all(backEndWork);
  await settle(() => ledger.commandsMissing.length === 0);
  say(`the devices leave; ${ledger.commandsMissing.length} commands reached nobody`);
  devicesLeave.abort();
  await Promise.all(lives);
  say('the reader reads to the end');
  await settle(() => ledger.missing === 0);
  return await conclude({ say, host, ledger, fleet, reader, backEnd, descriptorsBefore });
}

async function conclude(parts: {
  say: (text: string) => void;
  host: SoakedServer;
  ledger: Ledger;
  fleet: MadeFleet;
  reader: EventReader;
  backEnd: BackEnd;
  descriptorsBefore: number;
}): Promise<SoakReport> {
  const { say, host, ledger, fleet, reader, backEnd, descriptorsBefore } = parts;
  await reader.close();
  await fleet.close();
  closeHttpsSockets();
  say('everybody has left; what stays open is counted');
  // Sockets of the kernel's and of WebSockets take a moment to go.
  await settle(() => host.descriptors <= descriptorsBefore + KEPT_ALIVE);
  const [after, kinds] = [host.descriptors, host.descriptorKinds];
  return {
    acknowledged: ledger.acknowledgedTotal,
    seen: ledger.seenTotal,
    missing: ledger.missing,
    gaps: ledger.gaps,
    duplicates: ledger.duplicates,
    commandsAccepted: ledger.commandsTotal,
    commandsMissing: ledger.commandsMissing.map((command) => `${command}, ${transportOf(fleet.devices, command)}`),
    commandsRefused: backEnd.commandsRefused,
    methods: backEnd.methods,
    connects: byTransport(fleet.devices),
    memory: host.memory(),
    descriptors: { before: descriptorsBefore, after, kinds },
    exitCode: await host.stop(),
  };
}

/** The server and what is known of its memory, through its deaths. */
class SoakedServer {
  readonly #directory: string;
  readonly #address: string;
  readonly #lives: Sample[][] = [];
  #server: SpawnedServer | undefined;
  #startedAt = 0;

  constructor(directory: string, address: string) {
    this.#directory = directory;
    this.#address = address;
  }

  async start(): Promise<SpawnedServer> {
    const server = await spawnTestServer({ dataDirectory: this.#directory, address: this.#address });
    this.#server = server;
    this.#startedAt = performance.now();
    this.#lives.push([]);
    return server;
  }

  get descriptors(): number {
    return this.#server === undefined ? 0 : openDescriptors(this.#server.pid);
  }

  get descriptorKinds(): Readonly<Record<string, number>> {
    return this.#server === undefined ? {} : descriptorKinds(this.#server.pid);
  }

  get residentMb(): number {
    return this.#server === undefined ? 0 : residentBytes(this.#server.pid) / 1_048_576;
  }

  sample(): void {
    if (this.#server === undefined) return;
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    this.#lives.at(-1)?.push({ seconds, bytes: residentBytes(this.#server.pid) });
  }

  memory(): SoakReport['memory'] {
    return this.#lives.map((samples) => {
      const warm = samples.filter(({ seconds }) => seconds > WARM_UP_SECONDS);
      const bytesPerSecond = slope(warm);
      const mb = ({ bytes }: Sample) => Math.round(bytes / 1_048_576);
      return {
        mbByMinute: samples
          .filter((_, i) => i % (60_000 / SAMPLE_MS) === 0)
          .map(mb)
          .join(' '),
        mbPerHour: bytesPerSecond === undefined ? undefined : Math.round((bytesPerSecond * 3_600) / 1_048_576),
      };
    });
  }

  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await server?.kill('SIGKILL');
  }

  async stop(): Promise<number | null> {
    const server = this.#server;
    this.#server = undefined;
    return (await server?.kill('SIGTERM')) ?? null;
  }
}

function transportOf(devices: readonly SoakDevice[], command: string): string {
  return devices.find(({ device }) => command.endsWith(device.deviceId))?.transport ?? '';
}

function cutSome(devices: readonly SoakDevice[], count: number): void {
  for (let i = 0; i < count; i++) devices[Math.floor(Math.random() * devices.length)]?.cut();
}

function progress(devices: readonly SoakDevice[], ledger: Ledger, host: SoakedServer): string {
  const connected = devices.filter(({ isConnected }) => isConnected).length;
  const { acknowledgedTotal, seenTotal, commandsTotal, commandsMissing } = ledger;
  return `${connected} of ${devices.length} connected · ${acknowledgedTotal} acknowledged · ${seenTotal} seen · ${commandsTotal - commandsMissing.length} of ${commandsTotal} commands received · ${Math.round(host.residentMb)} MB · ${host.descriptors} descriptors`;
}

function byTransport(devices: readonly SoakDevice[]): SoakReport['connects'] {
  const found: Record<
    string,
    { devices: number; connects: number; connectFailures: number; sendFailures: number; lastFailure: string }
  > = {};
  for (const { transport, connects, connectFailures, sendFailures, lastFailure } of devices) {
    found[transport] ??= { devices: 0, connects: 0, connectFailures: 0, sendFailures: 0, lastFailure: '' };
    const row = found[transport];
    row.devices++;
    row.connects += connects;
    row.connectFailures += connectFailures;
    row.sendFailures += sendFailures;
    row.lastFailure ||= lastFailure;
  }
  return found;
}

async function repeat(everyMs: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work();
    await wait(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Waits for a condition as long as it may take; whether it came true, the report says. */
async function settle(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + SETTLE_MS_MAX;
  while (!condition() && performance.now() < deadline) await wait(250);
}
