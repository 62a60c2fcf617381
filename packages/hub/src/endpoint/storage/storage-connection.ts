import type { KeepsBlobs, KnowsItsNames, TellsTime } from '../../core/ports.ts';
import { hubName } from '../../core/record/hub-name.ts';
import {
  type EndpointConnection,
  EndpointFailure,
  type HeldMessages,
  type RoutedMessage,
} from '../../core/routing/endpoint.ts';
import { fileName } from './file-name.ts';
import type { FileStore } from './file-store.ts';
import { MESSAGE_ENCODINGS } from './message-encoding.ts';
import { MessageFile } from './message-file.ts';
import type { StorageConfiguration } from './storage-configuration.ts';

export type StoresMessages = KeepsBlobs & TellsTime & KnowsItsNames;

/**
 * Gathers messages into files, one of each partition at a time. A message counts as delivered when its file is durable: until then the
 * log keeps it, and a crash reads it again.
 *
 * A file that was finished just before a crash is written again under its name, for it begins with the same message.
 */
export class StorageConnection implements EndpointConnection, HeldMessages {
  readonly held: HeldMessages = this;
  readonly #hub: TellsTime & KnowsItsNames;
  readonly #store: FileStore;
  readonly #configuration: StorageConfiguration;
  /** By partition. */
  readonly #files = new Map<number, MessageFile>();

  constructor(hub: TellsTime & KnowsItsNames, store: FileStore, configuration: StorageConfiguration) {
    this.#hub = hub;
    this.#store = store;
    this.#configuration = configuration;
  }

  async deliver(messages: readonly RoutedMessage[], signal: AbortSignal): Promise<void> {
    await this.#inWords(async () => {
      for (const message of messages) {
        signal.throwIfAborted();
        const file = this.#files.get(message.partition) ?? (await this.#begin(message));
        await file.add(message, signal);
        if (file.bytes >= this.#configuration.maxChunkSizeInBytes) await this.#finish(message.partition, file, signal);
      }
    });
  }

  oldest(partition: number): number | undefined {
    return this.#files.get(partition)?.firstOffset;
  }

  async settleDue(signal: AbortSignal): Promise<void> {
    const due = this.#hub.clock.now() - this.#configuration.batchFrequencyInSeconds * 1_000;
    await this.#inWords(async () => {
      for (const [partition, file] of this.#files)
        if (file.startedTime <= due) await this.#finish(partition, file, signal);
    });
  }

  async close(): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    await Promise.all(files.map((file) => file.abandon()));
    await this.#store.close();
  }

  async #begin({ partition, offset, enqueuedTime }: RoutedMessage): Promise<MessageFile> {
    const { encoding: encodingName, fileNameFormat } = this.#configuration;
    const encoding = MESSAGE_ENCODINGS[encodingName];
    const base = fileName(fileNameFormat, { hubName: hubName(this.#hub), partition, time: enqueuedTime });
    const file = new MessageFile(this.#store, encoding, {
      name: await this.#store.name(base, offset, encoding.extension),
      firstOffset: offset,
      startedTime: this.#hub.clock.now(),
    });
    this.#files.set(partition, file);
    return file;
  }

  async #finish(partition: number, file: MessageFile, signal: AbortSignal): Promise<void> {
    await file.finish(signal);
    this.#files.delete(partition);
  }

  async #inWords(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw error instanceof EndpointFailure ? error : this.#store.failure(error);
    }
  }
}
