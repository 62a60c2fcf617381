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
  readonly #waiting = new Map<string, HubWrite>();
  #saving: Promise<void> | null = null;

  constructor(options: HubWritesOptions) {
    this.#options = options;
    this.#stopListening = options.hub.registry.onWrite((write) => this.#heard(write));
  }

  /** Resolves when nothing waits that had been written before the call. */
  async settled(): Promise<void> {
    while (this.#saving !== null) await this.#saving;
  }

  async close(): Promise<void> {
    this.#stopListening();
    await this.settled();
  }

  #heard(write: RegistryWrite): void {
    const { deviceId, moduleId } = write.kind === 'saved' ? write.entry : write.identity;
    if (moduleId !== undefined) return;
    this.#waiting.delete(deviceId);
    this.#waiting.set(deviceId, { deviceId, device: write.kind === 'saved' ? hubDevice(write.entry) : null });
    this.#saving ??= this.#saveAll();
  }

  async #saveAll(): Promise<void> {
    while (this.#waiting.size > 0) {
      // Whoever writes in this turn of the event loop joins.
      await new Promise(setImmediate);
      const some = [...this.#waiting.values()].slice(0, LIMITS.DIRECTORY_RESYNC_DEVICES);
      for (const { deviceId } of some) this.#waiting.delete(deviceId);
      await this.#options.thread.call('saveHub', some).then(this.#options.onDevices, this.#options.onFault);
    }
    this.#saving = null;
  }
}
