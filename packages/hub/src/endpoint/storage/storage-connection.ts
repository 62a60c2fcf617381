import { ROUTED_CONTAINER } from '../../core/file/blob-name.ts';
import type { KeepsBlobs, KnowsItsNames, TellsTime } from '../../core/ports.ts';
import { hubName } from '../../core/record/hub-name.ts';
import {
  type EndpointConnection,
  EndpointFailure,
  type HeldMessages,
  type RoutedMessage,
} from '../../core/routing/endpoint.ts';
import { fileName } from './file-name.ts';
import { MESSAGE_ENCODINGS } from './message-encoding.ts';
import { MessageFile } from './message-file.ts';
import type { StorageConfiguration } from './storage-configuration.ts';

export type StoresMessages = KeepsBlobs & TellsTime & KnowsItsNames;

/**
 * Gathers messages into files, one of each partition at a time. A message counts as delivered when its file is durable: until then the
 * log keeps it, and a crash reads it again.
 *
 * A file that was finished just before a crash is written again under its name, for it begins with the same message; another file of the
 * same minute has the offset of its first message in its name.
 */
export class StorageConnection implements EndpointConnection, HeldMessages {
  readonly held: HeldMessages = this;
  readonly #hub: StoresMessages;
  readonly #configuration: StorageConfiguration;
  /** By partition. */
  readonly #files = new Map<number, MessageFile>();

  constructor(hub: StoresMessages, configuration: StorageConfiguration) {
    this.#hub = hub;
    this.#configuration = configuration;
  }

  async deliver(messages: readonly RoutedMessage[], signal: AbortSignal): Promise<void> {
    await asFailure(async () => {
      for (const message of messages) {
        signal.throwIfAborted();
        const file = this.#files.get(message.partition) ?? (await this.#begin(message));
        await file.add(message);
        if (file.bytes >= this.#configuration.maxChunkSizeInBytes) await this.#finish(message.partition, file);
      }
    });
  }

  oldest(partition: number): number | undefined {
    return this.#files.get(partition)?.firstOffset;
  }

  async settleDue(): Promise<void> {
    const due = this.#hub.clock.now() - this.#configuration.batchFrequencyInSeconds * 1_000;
    await asFailure(async () => {
      for (const [partition, file] of this.#files) if (file.startedTime <= due) await this.#finish(partition, file);
    });
  }

  async close(): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    await Promise.all(files.map((file) => file.abandon()));
  }

  async #begin(first: RoutedMessage): Promise<MessageFile> {
    const { partition, offset } = first;
    const encoding = MESSAGE_ENCODINGS[this.#configuration.encoding];
    const name = await this.#freeName(first, encoding.extension);
    const file = new MessageFile(this.#hub.blobs, encoding, {
      place: { container: ROUTED_CONTAINER, name },
      firstOffset: offset,
      startedTime: this.#hub.clock.now(),
    });
    this.#files.set(partition, file);
    return file;
  }

  async #finish(partition: number, file: MessageFile): Promise<void> {
    await file.finish();
    this.#files.delete(partition);
  }

  async #freeName({ partition, offset, enqueuedTime }: RoutedMessage, extension: string): Promise<string> {
    const { folder, fileNameFormat } = this.#configuration;
    const base = fileName(fileNameFormat, { hubName: hubName(this.#hub), partition, time: enqueuedTime });
    const name = `${folder}/${base}.${extension}`;
    const there = await this.#hub.blobs.find({ container: ROUTED_CONTAINER, name });
    if (there === undefined || there.metadata.firstoffset === String(offset)) return name;
    return `${folder}/${base}-${offset}.${extension}`;
  }
}

/** The store's own words: a full disk passes when somebody makes room. */
async function asFailure(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof EndpointFailure) throw error;
    throw new EndpointFailure('transient', `the file could not be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
