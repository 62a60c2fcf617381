import { once } from 'node:events';
import type { Transform } from 'node:stream';
import type { BlobPlace, BlobStore } from '../../core/ports.ts';
import type { RoutedMessage } from '../../core/routing/endpoint.ts';
import type { MessageEncoding } from './message-encoding.ts';

/** Names of a message's properties, and what an encoding writes around them: a file may be this much larger than it counts, per message. */
const OVERHEAD_BYTES = 256;

/**
 * A file of messages on its way into the blob store. Nobody sees it before it is finished, and then it is whole; what is abandoned leaves
 * nothing behind. In memory there is only what the disk has not taken yet.
 */
export class MessageFile {
  readonly firstOffset: number;
  readonly place: BlobPlace;
  /** Milliseconds since 1970. */
  readonly startedTime: number;
  readonly #encoding: MessageEncoding;
  readonly #stream: Transform;
  readonly #stored: Promise<unknown>;
  #bytes = 0;

  constructor(
    blobs: BlobStore,
    encoding: MessageEncoding,
    { place, firstOffset, startedTime }: { place: BlobPlace; firstOffset: number; startedTime: number },
  ) {
    this.place = place;
    this.firstOffset = firstOffset;
    this.startedTime = startedTime;
    this.#encoding = encoding;
    this.#stream = encoding.stream();
    const headers = { ...NO_HEADERS, contentType: encoding.contentType };
    const metadata = { firstoffset: String(firstOffset) };
    this.#stored = blobs.put(place, { chunks: this.#stream, bytes: undefined, md5: undefined }, { headers, metadata });
    // Both are heard of where the file is written or finished.
    this.#stored.catch(() => undefined);
    this.#stream.on('error', () => undefined);
  }

  /** About how large it is. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws whatever the store does */
  async add(message: RoutedMessage): Promise<void> {
    this.#bytes += message.body.length + OVERHEAD_BYTES;
    if (this.#stream.write(this.#encoding.record(message))) return;
    await Promise.race([once(this.#stream, 'drain'), this.#stored]);
  }

  /** Resolves when it is durable, and others see it. @throws whatever the store does */
  async finish(): Promise<void> {
    this.#stream.end();
    await this.#stored;
  }

  async abandon(): Promise<void> {
    this.#stream.destroy(new Error('the file was abandoned'));
    await this.#stored.catch(() => undefined);
  }
}

const NO_HEADERS = {
  contentType: null,
  contentEncoding: null,
  contentLanguage: null,
  contentDisposition: null,
  cacheControl: null,
  contentMd5: null,
};
