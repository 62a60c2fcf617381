import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { until } from '../until.ts';
import type { TestPeer } from './test-peer.ts';

const [PUBLISH, SUBSCRIBE] = ['/usr/bin/mosquitto_pub', '/usr/bin/mosquitto_sub'];

/** What Mosquitto's tool says of a message, and every byte of its body. */
export interface MosquittoMessage {
  readonly topic: string;
  readonly qos: number;
  readonly retain: number;
  readonly properties: {
    readonly 'user-properties'?: Readonly<Record<string, string>>;
    readonly 'content-type'?: string;
  };
  readonly body: Buffer;
}

/** Mosquitto's own subscriber, with a session that outlives the broker: what it prints is what went over the wire. */
export class MosquittoReader {
  readonly #child: ChildProcess;
  readonly messages: MosquittoMessage[] = [];
  /** Topics of what the broker had kept before it listened. */
  readonly retained: string[] = [];
  #text = '';

  private constructor({ address, port }: TestPeer, topic: string, clientId: string) {
    const session = ['-V', 'mqttv5', '-q', '1', '-c', '-i', clientId, '-x', '3600'];
    const args = ['-h', address, '-p', String(port), '-t', topic, ...session, '-F', '%x %j'];
    this.#child = spawn(SUBSCRIBE as string, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
      const lines = this.#text.split('\n');
      this.#text = lines.pop() ?? '';
      this.messages.push(...lines.map(parse));
    });
  }

  /** Resolves when it listens: it has heard what was retained for that. `topic` ends with `#`. */
  static async start(peer: TestPeer, topic: string, clientId = 'reader'): Promise<MosquittoReader> {
    const ready = topic.replace('#', 'ready');
    const publish = ['-h', peer.address, '-p', String(peer.port), '-t', ready, '-q', '1', '-r'];
    await promisify(execFile)(PUBLISH as string, [...publish, '-m', 'ready']);
    const made = new MosquittoReader(peer, topic, clientId);
    await until(() => made.messages.some((message) => message.topic === ready), { what: 'the reader listens' });
    await promisify(execFile)(PUBLISH as string, [...publish, '-n']);
    await until(() => made.messages.filter((message) => message.topic === ready).length === 2, {
      what: 'nothing of it is retained any more',
    });
    const heard = made.messages.splice(0).filter((message) => message.topic !== ready);
    made.retained.push(...heard.map((message) => message.topic));
    return made;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}

function parse(line: string): MosquittoMessage {
  const space = line.indexOf(' ');
  return { ...JSON.parse(line.slice(space + 1)), body: Buffer.from(line.slice(0, space), 'hex') };
}
