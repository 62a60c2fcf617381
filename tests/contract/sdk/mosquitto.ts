import { spawn, spawnSync } from 'node:child_process';

const PUBLISH = '/usr/bin/mosquitto_pub';
const SUBSCRIBE = '/usr/bin/mosquitto_sub';
const RUN_MS_MAX = 30_000;

/** Of Debian's package mosquitto-clients; undefined when it is not on this machine. */
export function mosquittoVersion(): string | undefined {
  // It shows its help with an exit code of 1.
  const { stdout } = spawnSync(PUBLISH, ['--help'], { encoding: 'utf8' });
  return stdout === null ? undefined : /version ([\d.]+)/.exec(stdout)?.[1];
}

/** A run of one of the tools. */
export class MosquittoRun {
  readonly #child;
  readonly #exit: Promise<number | null>;
  #text = '';

  constructor(tool: 'publish' | 'subscribe', args: readonly string[]) {
    const child = spawn(tool === 'publish' ? PUBLISH : SUBSCRIBE, args, { timeout: RUN_MS_MAX });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#text += text;
      });
    }
    this.#exit = new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  }

  /** All it printed until it ended, and how it did. */
  async result(): Promise<{ readonly code: number | null; readonly text: string }> {
    return { code: await this.#exit, text: this.#text };
  }

  /** Without a goodbye to the server. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
