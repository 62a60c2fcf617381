import type { Hub, OnFault } from '@viaduct/hub';
import type { Provisioning } from '@viaduct/provisioning';
import type { TemplateBook } from '../template/template-book.ts';
import { compareWithHub } from './compare-with-hub.ts';
import { HappeningsFeed } from './happenings-feed.ts';
import { HubWrites } from './hub-writes.ts';
import { RegistrationNews } from './registration-news.ts';
import type { RecordBatch } from './store/apply-records.ts';
import type { DirectoryThread } from './store/directory-thread.ts';
import { TemplateAssigner } from './template-assigner.ts';

export interface DirectoryReaderOptions {
  readonly hub: Hub;
  readonly provisioning: Pick<Provisioning, 'attempts' | 'registrations' | 'linkedHubs'>;
  readonly templates: Pick<TemplateBook, 'adopt' | 'onChange'>;
  readonly thread: DirectoryThread;
  readonly onDevices: (deviceIds: readonly string[]) => void;
  readonly onFault: OnFault;
}

/**
 * Keeps the directory equal to the hub.
 *
 *     begin ─► a place for each partition, and the server ended in order ─► feed
 *        └──► otherwise: compare everything with the hub ─► feed from where the log stood before
 *
 * What the log does not tell of (a device is enabled, disabled, made an Edge device), and what somebody wants to see at once, is heard from
 * the registry; who was provisioned, from the provisioning service.
 */
export class DirectoryReader {
  readonly #options: DirectoryReaderOptions;
  readonly #assigner: TemplateAssigner;
  readonly #ending = new AbortController();
  readonly #hubWrites: HubWrites;
  readonly #registrations: RegistrationNews;
  readonly #began: Promise<HappeningsFeed | undefined>;

  constructor(options: DirectoryReaderOptions) {
    this.#options = options;
    this.#assigner = new TemplateAssigner(options);
    this.#hubWrites = new HubWrites(options);
    this.#registrations = new RegistrationNews({ ...options, madeDevices: () => this.#hubWrites.settled() });
    this.#began = this.#begin().catch((fault: unknown) => {
      if (!this.#ending.signal.aborted) options.onFault(fault);
      return undefined;
    });
  }

  /** Resolves when what was written to the hub's registry before the call is in the directory. */
  settled(): Promise<void> {
    return this.#hubWrites.settled();
  }

  async caughtUp(): Promise<void> {
    const feed = await this.#began;
    await this.#hubWrites.settled();
    await this.#registrations.settled();
    await feed?.caughtUp();
    await this.#assigner.settled();
  }

  async close(): Promise<void> {
    this.#ending.abort();
    const feed = await this.#began;
    await feed?.close();
    await this.#registrations.close();
    await this.#hubWrites.close();
    await this.#assigner.close();
    if (feed !== undefined) await this.#options.thread.call('end');
  }

  async #begin(): Promise<HappeningsFeed> {
    const { hub, provisioning, thread, onDevices, onFault } = this.#options;
    const known = new Map(await thread.call('begin'));
    const partitions = Array.from({ length: hub.eventPartitions }, (_, index) => hub.eventPartitions + index);
    const reaches = partitions.every((partition) => reachesBack(hub, partition, known.get(partition)));
    const places = partitions.map(
      (partition) =>
        [partition, (reaches ? known.get(partition) : undefined) ?? hub.log.bounds(partition).next] as const,
    );
    const { signal } = this.#ending;
    if (!reaches) await compareWithHub({ hub, provisioning, thread, onDevices, signal }, places);
    this.#assigner.wake();
    return new HappeningsFeed(hub, { places, onFault, apply: (batch) => this.#apply(batch) });
  }

  async #apply(batch: RecordBatch): Promise<void> {
    const { deviceIds, isAnnounced } = await this.#options.thread.call('apply', batch);
    this.#options.onDevices(deviceIds);
    if (isAnnounced) this.#assigner.wake();
  }
}

/** Whether everything since that place is still there to be read. */
function reachesBack({ log }: Hub, partition: number, place: number | undefined): boolean {
  const { first, next } = log.bounds(partition);
  return place !== undefined && place >= first && place <= next;
}
