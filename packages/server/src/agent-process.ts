import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { LIMITS } from '@viaduct/contracts';
import type { Logger } from 'pino';

export interface AgentProcessOptions {
  readonly connectionString: string;
  readonly caFile: string;
  /** Besides the two that carry the connection string and the CA. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logger: Logger;
}

const RESTART_MS_MIN = 1_000;
/** Long enough for the agent to disconnect in order; then it is ended. */
const STOP_MS_MAX = 2_000;

/**
 * The agent of this machine, in a process of its own, because it is a device like any other: it gets a connection string and
 * the CA, and nothing else of the server.
 *
 *     starting ─► running ─► ended ─► waiting (1 s, 2 s, 4 s … 60 s) ─► starting        until close()
 *
 * It holds an IPC channel to this process and leaves when that breaks, so a killed server leaves no orphan behind that
 * would fight with the next one's agent for the same identity.
 */
export class AgentProcess {
  readonly #options: AgentProcessOptions;
  readonly #entry: string;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waitMs = RESTART_MS_MIN;
  #closed = false;

  /** @param entry the bundle; see `findAgentEntry` */
  constructor(entry: string, options: AgentProcessOptions) {
    this.#entry = entry;
    this.#options = options;
    this.#start();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(killer);
  }

  #start(): void {
    const { connectionString, caFile, environment, logger } = this.#options;
    const startedAt = performance.now();
    const child = spawn(process.execPath, [this.#entry], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...environment, VIADUCT_DEVICE_CONNECTION_STRING: connectionString, VIADUCT_CA_FILE: caFile },
    });
    this.#child = child;
    // One line of the agent is one line of the log, as it came; it holds no keys.
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null)
        createInterface({ input: stream }).on('line', (line) => logger.debug({ line }, 'agent said'));
    }
    child.on('error', (error) => logger.error({ err: error }, 'agent could not be started'));
    child.once('exit', (exitCode, signal) => this.#ended(exitCode, signal, performance.now() - startedAt));
  }

  #ended(exitCode: number | null, signal: string | null, ranMs: number): void {
    this.#child = undefined;
    if (this.#closed) return;
    if (ranMs > LIMITS.AGENT_RESTART_SECONDS_MAX * 1_000) this.#waitMs = RESTART_MS_MIN;
    this.#options.logger.warn({ exitCode, signal, waitMs: this.#waitMs }, 'agent ended and will be started again');
    this.#timer = setTimeout(() => this.#start(), this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, LIMITS.AGENT_RESTART_SECONDS_MAX * 1_000);
  }
}

/** The agent's bundle: beside this one in `dist/`, or there when the server runs from its sources. */
export function findAgentEntry(): string | undefined {
  const candidates = ['agent.mjs', '../../../dist/agent.mjs'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return candidates.find((path) => existsSync(path));
}
