import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';

/** A measurement that could not be made, in words for the table. */
export class BenchFailure extends Error {
  override readonly name = 'BenchFailure';
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const STOP_MS = 15_000;
const START_MS = 60_000;
const PROBE_MS = 25;

/** A server under test. Its output goes to `logFile`; it dies with us, whatever happens. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #ended: Promise<void>;

  constructor(command: string, args: readonly string[], logFile: string, env: NodeJS.ProcessEnv = {}) {
    this.#logFile = logFile;
    const log = openSync(logFile, 'a');
    this.#child = spawn(command, args, { stdio: ['ignore', log, log], env: { ...process.env, ...env } });
    closeSync(log);
    running.add(this.#child);
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', () => resolve());
      this.#child.once('exit', () => resolve());
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until `ready` answers something. @throws BenchFailure when the process ends before, or takes a minute. */
  async until<T>(what: string, ready: () => Promise<T | undefined>): Promise<T> {
    for (const deadline = Date.now() + START_MS; Date.now() < deadline; await after(PROBE_MS)) {
      if (this.#child.pid === undefined || this.#child.exitCode !== null) throw this.#failure('ended before');
      const answer = await ready();
      if (answer !== undefined) return answer;
    }
    throw this.#failure(`took longer than ${START_MS / 1000} s until`, what);
  }

  /** SIGTERM, then SIGKILL: a bench must end. */
  async close(): Promise<void> {
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    this.#child.kill('SIGTERM');
    await this.#ended;
    clearTimeout(kill);
    running.delete(this.#child);
  }

  #failure(how: string, what = 'it was ready'): BenchFailure {
    const output = readFileSync(this.#logFile, 'utf8').trim().split('\n');
    const lines = [...output.filter((line) => /error|fatal/i.test(line)), ...output].slice(0, 3).join(' | ');
    return new BenchFailure(`${this.#child.spawnfile} ${how} ${what}: ${lines}`);
  }
}

export async function accepts(host: string, port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(undefined));
  });
}
