import { type ChildProcess, spawn } from 'node:child_process';

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

/** Mosquitto's own subscriber, with a session that outlives the broker: what it prints is what went over the wire. For tests. */
export class MosquittoReader {
  readonly #child: ChildProcess;
  readonly messages: MosquittoMessage[] = [];
  #text = '';

  constructor(host: string, port: number, topic: string, more: readonly string[] = []) {
    const session = ['-V', 'mqttv5', '-q', '1', '-c', '-i', 'reader', '-x', '3600'];
    const args = ['-h', host, '-p', String(port), '-t', topic, ...session, '-F', '%x %j', ...more];
    this.#child = spawn('/usr/bin/mosquitto_sub', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
      const lines = this.#text.split('\n');
      this.#text = lines.pop() ?? '';
      this.messages.push(...lines.map(parse));
    });
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
