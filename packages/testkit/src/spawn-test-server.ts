import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReadyFile } from '@viaduct/contracts';
import { nextLoopbackAddress } from './loopback-address.ts';
import { shareTestCa } from './test-ca.ts';
import { until } from './until.ts';

export interface SpawnOptions {
  readonly dataDirectory?: string;
  readonly address?: string;
  readonly flags?: readonly string[];
}

/** A server as its users run it: the built program in a process of its own. For crashes, signals and exit codes. */
export interface SpawnedServer {
  readonly address: string;
  readonly dataDirectory: string;
  readonly ready: ReadyFile;
  readonly pid: number;
  /** Standard output and error so far. */
  readonly text: string;
  /** Resolves with the exit code, or null when a signal ended it. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
  /** Ends it and removes its folder, unless the folder was given. */
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('../../../dist/viaduct.mjs', import.meta.url));
const READY_MS_MAX = 60_000;

/** Resolves when the ready file is there. The program must have been built: `npm run build`. */
export async function spawnTestServer(options: SpawnOptions = {}): Promise<SpawnedServer> {
  assert(existsSync(PROGRAM), `${PROGRAM} is missing; "npm run build" makes it`);
  const address = options.address ?? nextLoopbackAddress();
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'viaduct-test-')));
  await shareTestCa(dataDirectory);
  const readyFile = join(dataDirectory, 'ready.json');
  await rm(readyFile, { force: true });
  const fixed = ['--data', dataDirectory, '--bind', address, '--ready-file', readyFile, '--no-agent'];
  const child = spawn(process.execPath, [PROGRAM, 'serve', ...fixed, ...(options.flags ?? [])], { stdio: 'pipe' });
  const text = collect(child);
  const kill = (signal: NodeJS.Signals) => endWith(child, signal);
  const ready = await until(() => readWhenReady(child, readyFile, text), {
    timeoutMs: READY_MS_MAX,
    what: 'ready file',
  }).catch(async (fault) => {
    // Nobody else could end it, and it would go on writing into a folder that is being removed.
    await kill('SIGKILL');
    throw fault;
  });
  const stop = async () => {
    await kill('SIGKILL');
    if (options.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true });
  };
  return {
    ...{ address, dataDirectory, ready, kill, stop, pid: ready.pid },
    get text() {
      return text();
    },
  };
}

function collect(child: ChildProcess): () => string {
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => chunks.push(text));
  return () => chunks.join('');
}

async function readWhenReady(child: ChildProcess, file: string, text: () => string): Promise<ReadyFile | undefined> {
  assert(child.exitCode === null, `the server ended with ${child.exitCode}:\n${text()}`);
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as ReadyFile) : undefined;
}

async function endWith(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill(signal);
  return await ended;
}
