import { LIMITS } from '@viaduct/contracts';
import type { Hub, OnFault, RegistryWrite } from '@viaduct/hub';
import { hubDevice } from './compare-with-hub.ts';
import type { HubWrite } from './store/directory-store.ts';
import type { DirectoryThread } from './store/directory-thread.ts';

export interface HubWritesOptions {
  readonly hub: Pick<Hub, 'registry'>;
  readonly thread: DirectoryThread;
  readonly onDevices: (deviceIds: readonly string[]) => void;
  readonly onFault: OnFault;
}

/** What was written to the hub's registry, taken over at once, many at a time: whoever makes a device by any door sees it in the next list. */
export class HubWrites {
  readonly #options: HubWritesOptions;
  readonly #stopListening: () => void;
  /** In the order of their numbers: who is written again waits anew. */
  readonly #waiting = new Map<string, { readonly number: number; readonly write: HubWrite }>();
  #lastNumber = 0;
  #savedNumber = 0;
  #isSaving = false;
  #batch: Promise<void> = Promise.resolve();

  constructor(options: HubWritesOptions) {
    this.#options = options;
    this.#stopListening = options.hub.registry.onWrite((write) => this.#heard(write));
  }

  /** Resolves when all that had been written before the call is in the directory, whatever is written meanwhile. */
  async settled(): Promise<void> {
    const wanted = this.#lastNumber;
    while (this.#savedNumber < wanted) await this.#batch;
  }

  async close(): Promise<void> {
    this.#stopListening();
    await this.settled();
  }

  #heard(write: RegistryWrite): void {
    const { deviceId, moduleId } = write.kind === 'saved' ? write.entry : write.identity;
    if (moduleId !== undefined) return;
    this.#waiting.delete(deviceId);
    const device = write.kind === 'saved' ? hubDevice(write.entry) : null;
    this.#waiting.set(deviceId, { number: ++this.#lastNumber, write: { deviceId, device } });
    if (!this.#isSaving) void this.#saveAll();
  }

  async #saveAll(): Promise<void> {
    this.#isSaving = true;
    while (this.#waiting.size > 0) {
      this.#batch = this.#saveSome();
      await this.#batch;
    }
    this.#isSaving = false;
  }

  async #saveSome(): Promise<void> {
    // Whoever writes in this turn of the event loop joins.
    await new Promise(setImmediate);
    const some = [...this.#waiting.values()].slice(0, LIMITS.DIRECTORY_RESYNC_DEVICES);
    for (const { write } of some) this.#waiting.delete(write.deviceId);
    const writes = some.map(({ write }) => write);
    await this.#options.thread.call('saveHub', writes).then(this.#options.onDevices, this.#options.onFault);
    this.#savedNumber = some.at(-1)?.number ?? this.#savedNumber;
  }
}
