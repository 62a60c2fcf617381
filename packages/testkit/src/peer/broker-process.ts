import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { until } from '../until.ts';

export interface BrokerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly address: string;
  readonly port: number;
}

const READY_MS_MAX = 90_000;

/** A broker of Debian's in a process of its own. Ready once its port takes connections. */
export class BrokerProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<void>;
  #text = '';

  private constructor({ program, args, env }: BrokerCommand) {
    this.#child = spawn(program, args, { env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#text = (this.#text + text).slice(-TEXT_KEPT);
      });
    this.#exit = new Promise((resolve) => this.#child.once('exit', () => resolve()).once('error', () => resolve()));
  }

  static async start(command: BrokerCommand): Promise<BrokerProcess> {
    const made = new BrokerProcess(command);
    await until(() => made.#isReady(command), {
      timeoutMs: READY_MS_MAX,
      everyMs: 25,
      what: `${command.program} listens`,
    });
    return made;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#child.kill(signal);
    await this.#exit;
  }

  async #isReady({ program, address, port }: BrokerCommand): Promise<boolean> {
    const { exitCode, signalCode } = this.#child;
    assert(exitCode === null && signalCode === null, `${program} ended with ${exitCode ?? signalCode}:\n${this.#text}`);
    return await listens(address, port);
  }
}

const TEXT_KEPT = 20_000;

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

/** A port that nothing listens on. The standard ones may be taken, on all addresses, by a service of the machine. */
export function freePort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, address, () => {
      const bound = server.address();
      server.close(() => (bound !== null && typeof bound === 'object' ? resolve(bound.port) : reject(bound)));
    });
  });
}
