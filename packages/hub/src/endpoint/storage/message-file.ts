import { once } from 'node:events';
import type { Transform } from 'node:stream';
import type { RoutedMessage } from '../../core/routing/endpoint.ts';
import { inTime } from '../in-time.ts';
import type { FileStore } from './file-store.ts';
import type { MessageEncoding } from './message-encoding.ts';

/** Names of a message's properties, and what an encoding writes around them: a file may be this much larger than it counts, per message. */
const OVERHEAD_BYTES = 256;

/**
 * A file of messages on its way into its store. Nobody sees it before it is finished, and then it is whole; what is abandoned leaves
 * nothing behind. In memory there is only what the store has not taken yet.
 */
export class MessageFile {
  readonly firstOffset: number;
  /** Milliseconds since 1970. */
  readonly startedTime: number;
  readonly #what: string;
  readonly #encoding: MessageEncoding;
  readonly #stream: Transform;
  readonly #abandoned = new AbortController();
  readonly #stored: Promise<void>;
  #bytes = 0;

  constructor(
    store: FileStore,
    encoding: MessageEncoding,
    { name, firstOffset, startedTime }: { name: string; firstOffset: number; startedTime: number },
  ) {
    this.firstOffset = firstOffset;
    this.startedTime = startedTime;
    this.#what = `writing ${name}`;
    this.#encoding = encoding;
    this.#stream = encoding.stream();
    const file = { name, contentType: encoding.contentType, firstOffset, content: this.#stream };
    this.#stored = store.put(file, this.#abandoned.signal);
    // Both are heard of where the file is written or finished.
    this.#stored.catch(() => undefined);
    this.#stream.on('error', () => undefined);
  }

  /** About how large it is. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws whatever the store does; EndpointFailure when the signal is given */
  async add(message: RoutedMessage, signal: AbortSignal): Promise<void> {
    this.#bytes += message.body.length + OVERHEAD_BYTES;
    if (this.#stream.write(this.#encoding.record(message))) return;
    await this.#unlessStopped(Promise.race([once(this.#stream, 'drain'), this.#stored]), signal);
  }

  /** Resolves when it is durable, and others see it. @throws whatever the store does; EndpointFailure when the signal is given */
  async finish(signal: AbortSignal): Promise<void> {
    this.#stream.end();
    await this.#unlessStopped(this.#stored, signal);
  }

  async abandon(): Promise<void> {
    this.#abandoned.abort();
    this.#stream.destroy(new Error('the file was abandoned'));
    await this.#stored.catch(() => undefined);
  }

  async #unlessStopped(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
    await inTime(work, { seconds: Number.POSITIVE_INFINITY, signal, what: this.#what });
  }
}
