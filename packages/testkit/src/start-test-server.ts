import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadyFile } from '@viaduct/contracts';
import type { Hub } from '@viaduct/hub';
import type { Provisioning } from '@viaduct/provisioning';
import { parseServeFlags, type RunningServer, StartFault, startServer } from '@viaduct/server';
import { nextLoopbackAddress } from './loopback-address.ts';
import { shareTestCa } from './test-ca.ts';
import { createTestDevice, type TestDevice } from './test-devices.ts';

export interface TestServerOptions {
  /** Kept when the server stops; else a temporary folder that goes with it. */
  readonly dataDirectory?: string;
  readonly address?: string;
  /** More flags of `viaduct serve`. */
  readonly flags?: readonly string[];
}

/** A whole server in this process, on a loopback address and in a folder of its own. */
export interface TestServer {
  readonly address: string;
  readonly dataDirectory: string;
  /** These change with `restart`. */
  readonly ready: ReadyFile;
  readonly hub: Hub;
  readonly provisioning: Provisioning;
  /** PEM: what clients must trust. */
  readonly caFile: string;
  /** What it printed since the last start. */
  readonly text: string;
  createDevice(deviceId?: string): Promise<TestDevice>;
  /** Stops it in order and starts it again on the same address and folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Small, so that tests cross segment borders; and no agent, for it would be one device too many. */
const FLAGS = ['--no-agent', '--segment-bytes', '8388608', '--log-level', 'debug'];
const ADDRESS_ATTEMPTS = 20;

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'viaduct-test-')));
  await shareTestCa(dataDirectory);
  const flags = ['--data', dataDirectory, ...FLAGS, ...(options.flags ?? [])];
  const first = await startOnFreeAddress(flags, options.address);
  return new InProcessServer(first, flags, dataDirectory, options.dataDirectory === undefined);
}

interface Started {
  readonly server: RunningServer;
  readonly address: string;
  readonly text: () => string;
}

async function startOnFreeAddress(flags: readonly string[], wanted: string | undefined): Promise<Started> {
  for (let attempt = 1; ; attempt++) {
    const address = wanted ?? nextLoopbackAddress();
    try {
      return await start(flags, address);
    } catch (error) {
      const mayTryAnother = wanted === undefined && attempt < ADDRESS_ATTEMPTS;
      if (!(mayTryAnother && error instanceof StartFault && / is in use/.test(error.message))) throw error;
    }
  }
}

async function start(flags: readonly string[], address: string): Promise<Started> {
  const printed: string[] = [];
  const config = parseServeFlags([...flags, '--bind', address], {});
  const server = await startServer(config, (text) => printed.push(text));
  return { server, address, text: () => printed.join('') };
}

class InProcessServer implements TestServer {
  readonly dataDirectory: string;
  readonly #flags: readonly string[];
  readonly #temporary: boolean;
  #started: Started;
  #running = true;

  constructor(started: Started, flags: readonly string[], dataDirectory: string, temporary: boolean) {
    this.dataDirectory = dataDirectory;
    this.#started = started;
    this.#flags = flags;
    this.#temporary = temporary;
  }

  get address(): string {
    return this.#started.address;
  }

  get ready(): ReadyFile {
    return this.#started.server.ready;
  }

  get hub(): Hub {
    return this.#started.server.hub;
  }

  get provisioning(): Provisioning {
    return this.#started.server.provisioning;
  }

  get caFile(): string {
    return this.ready.caFile;
  }

  get text(): string {
    return this.#started.text();
  }

  createDevice(deviceId?: string): Promise<TestDevice> {
    return createTestDevice(this.hub, this.ready, deviceId);
  }

  async restart(): Promise<void> {
    await this.#started.server.close();
    this.#started = await start(this.#flags, this.address);
  }

  async stop(): Promise<void> {
    if (this.#running) await this.#started.server.close();
    this.#running = false;
    if (this.#temporary) await rm(this.dataDirectory, { recursive: true, force: true });
  }
}
