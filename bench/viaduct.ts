import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadyFile } from '@viaduct/contracts';
import type { BenchCase } from './cases.ts';
import { BenchFailure, ServerProcess } from './child.ts';
import { type Contestant, PLAIN_PORT } from './contestants.ts';
import { makeDevices, registerDevices, writeDevices } from './devices.ts';

const PROGRAM = new URL('../dist/viaduct.mjs', import.meta.url).pathname;
const HOST = '127.77.0.10';
const JEMALLOC = '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2';

/**
 * Viaduct, and Viaduct with jemalloc preloaded where Debian's libjemalloc2 is installed.
 *
 * A data folder with the registered devices is made once; every start gets a copy of it, so that no measurement
 * inherits the log that another wrote.
 *
 * @throws BenchFailure when it is not built or does not start
 */
export async function viaducts(folder: string): Promise<Contestant[]> {
  if (!existsSync(PROGRAM)) throw new BenchFailure(`${PROGRAM} is missing: npm run build`);
  const seed = await prepareSeed(folder);
  const contestants = [contestant('viaduct', seed, {})];
  if (existsSync(JEMALLOC)) contestants.push(contestant('viaduct + jemalloc', seed, { LD_PRELOAD: JEMALLOC }));
  return contestants;
}

interface Seed {
  readonly data: string;
  readonly devicesFile: string;
}

async function prepareSeed(folder: string): Promise<Seed> {
  const seed = { data: join(folder, 'seed'), devicesFile: join(folder, 'viaduct-devices.txt') };
  mkdirSync(seed.data, { mode: 0o700 });
  const { server, ready } = await serve(seed.data, folder, {});
  try {
    const devices = makeDevices();
    await registerDevices(ready, devices);
    writeDevices(seed.devicesFile, ready.hostName, devices);
  } finally {
    await server.close();
  }
  return seed;
}

function contestant(name: string, seed: Seed, env: NodeJS.ProcessEnv): Contestant {
  return { name, durable: true, kind: 'viaduct', takesPart: () => true, start };

  async function start({ tls }: BenchCase, folder: string) {
    const data = join(folder, 'data');
    cpSync(seed.data, data, { recursive: true });
    const { server, ready } = await serve(data, folder, env);
    const port = tls ? ready.ports.mqtt : PLAIN_PORT;
    return { pid: server.pid, host: HOST, port, devicesFile: seed.devicesFile, close: async () => server.close() };
  }
}

async function serve(data: string, folder: string, env: NodeJS.ProcessEnv) {
  const readyFile = join(folder, 'ready.json');
  const args = ['serve', '--data', data, '--bind', HOST, '--ready-file', readyFile];
  const benchOnly = ['--no-agent', '--mqtt-plain-port', String(PLAIN_PORT)];
  const server = new ServerProcess(process.execPath, [PROGRAM, ...args, ...benchOnly], join(folder, 'server.log'), env);
  try {
    const ready = await server.until('its ready file appeared', async () =>
      existsSync(readyFile) ? (JSON.parse(readFileSync(readyFile, 'utf8')) as ReadyFile) : undefined,
    );
    return { server, ready };
  } catch (error) {
    await server.close();
    throw error;
  }
}
