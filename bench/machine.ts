import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** Where and beside what a run was made: without it, its figures cannot be compared with another's. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly node: string;
  readonly mosquitto: string;
  readonly aedes: string;
  readonly opensslOfGenerator: string;
  readonly dataFolder: string;
  readonly fileSystem: string;
  /** One 4 KiB append and fdatasync on the data folder's disk. */
  readonly fdatasyncP50Ms: number;
}

export function machineFacts(dataFolder: string): MachineFacts {
  const aedes = readFileSync(new URL('../node_modules/aedes/package.json', import.meta.url), 'utf8');
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    mosquitto: lastWord(
      firstOutput([
        ['dpkg-query', '-W', 'mosquitto'],
        ['mosquitto', '-h'],
      ]),
    ),
    aedes: String(JSON.parse(aedes).version),
    opensslOfGenerator: firstOutput([['openssl', 'version']]),
    dataFolder,
    fileSystem: fileSystemOf(dataFolder),
    fdatasyncP50Ms: fdatasyncP50Ms(dataFolder),
  };
}

/** The first line of the first command that exists: a missing program is a fact about the machine, not a failure. */
function firstOutput(commands: readonly (readonly [string, ...string[]])[]): string {
  for (const [command, ...args] of commands) {
    try {
      const output = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      return output.split('\n')[0] ?? '';
    } catch (error) {
      const output = (error as { stdout?: string }).stdout;
      if (output) return output.split('\n')[0] ?? '';
    }
  }
  return 'not installed';
}

function lastWord(line: string): string {
  return line.split(/\s/).at(-1) ?? '';
}

function fileSystemOf(folder: string): string {
  const mounts = readFileSync('/proc/mounts', 'utf8').trim().split('\n');
  const holding = mounts
    .map((line) => line.split(' '))
    .filter(([, at = '']) => `${folder}/`.startsWith(at === '/' ? '/' : `${at}/`))
    .sort(([, a = ''], [, b = '']) => b.length - a.length);
  return holding[0]?.[2] ?? 'unknown';
}

const SYNCS = 200;
const SYNC_BYTES = 4096;

function fdatasyncP50Ms(folder: string): number {
  const file = join(folder, 'fdatasync.probe');
  const fd = openSync(file, 'w');
  const times = Array.from({ length: SYNCS }, () => {
    const start = process.hrtime.bigint();
    writeSync(fd, Buffer.alloc(SYNC_BYTES, 1));
    fdatasyncSync(fd);
    return Number(process.hrtime.bigint() - start) / 1e6;
  });
  closeSync(fd);
  rmSync(file);
  return Number((times.sort((a, b) => a - b)[SYNCS / 2] ?? 0).toFixed(3));
}
