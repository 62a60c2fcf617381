import { connect, type Socket } from 'node:net';

export interface RawNatsMessage {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A subscriber that knows no library: what it reads is what went over the wire. */
export class RawNats {
  readonly #socket: Socket;
  readonly messages: RawNatsMessage[] = [];
  #waiting = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#waiting = Buffer.concat([this.#waiting, bytes]);
      while (this.#readOne());
    });
  }

  /** Resolves when the server has taken the subscription. */
  static async subscribe(host: string, port: number, subject: string): Promise<RawNats> {
    const socket = connect({ host, port });
    const made = new RawNats(socket);
    const taken = new Promise((resolve) => {
      made.#onPong = () => resolve(undefined);
    });
    socket.write(`CONNECT {"verbose":false,"headers":true}\r\nSUB ${subject} 1\r\nPING\r\n`);
    await taken;
    return made;
  }

  #onPong = () => {};

  close(): void {
    this.#socket.destroy();
  }

  /** Takes one line, and what belongs to it; false when it is not all there. */
  #readOne(): boolean {
    const end = this.#waiting.indexOf('\r\n');
    if (end < 0) return false;
    const words = this.#waiting.toString('latin1', 0, end).split(' ');
    const bytes = words[0] === 'MSG' || words[0] === 'HMSG' ? Number(words.at(-1)) + 2 : 0;
    const start = end + 2;
    if (this.#waiting.length < start + bytes) return false;
    const content = this.#waiting.subarray(start, start + bytes - 2);
    if (words[0] === 'HMSG') this.#take(words[1] as string, content, Number(words.at(-2)));
    if (words[0] === 'MSG') this.#take(words[1] as string, content, 0);
    if (words[0] === 'PING') this.#socket.write('PONG\r\n');
    if (words[0] === 'PONG') this.#onPong();
    this.#waiting = this.#waiting.subarray(start + bytes);
    return true;
  }

  #take(subject: string, content: Buffer, headerBytes: number): void {
    const lines = content.toString('utf8', 0, headerBytes).split('\r\n').slice(1);
    const pairs = lines.filter((line) => line !== '').map((line) => /^([^:]*): ?(.*)$/.exec(line)?.slice(1) ?? []);
    this.messages.push({
      subject,
      headers: Object.fromEntries(pairs),
      body: Buffer.from(content.subarray(headerBytes)),
    });
  }
}
