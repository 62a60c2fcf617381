import { LIMITS } from '@viaduct/contracts';
import type { OnFault } from '@viaduct/hub';
import type { Provisioning } from '@viaduct/provisioning';
import type { DirectoryThread } from './store/directory-thread.ts';

export interface RegistrationNewsOptions {
  readonly provisioning: Pick<Provisioning, 'attempts'>;
  readonly thread: DirectoryThread;
  /** Resolves when devices that were made before the call are in the directory. */
  readonly madeDevices: () => Promise<void>;
  readonly onDevices: (deviceIds: readonly string[]) => void;
  readonly onFault: OnFault;
}

/** Hears which devices the provisioning service has brought here, and notes it of many at a time. */
export class RegistrationNews {
  readonly #options: RegistrationNewsOptions;
  readonly #stopListening: () => void;
  /** By device, when it was assigned. */
  #waiting = new Map<string, number>();
  #running: Promise<void> | null = null;

  constructor(options: RegistrationNewsOptions) {
    this.#options = options;
    this.#stopListening = options.provisioning.attempts.onAttempt(({ outcome, deviceId, time }) => {
      if (outcome !== 'assigned' || deviceId === null) return;
      this.#waiting.set(deviceId, time);
      this.#running ??= this.#run();
    });
  }

  /** Resolves when all that was heard before the call is in the directory. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async close(): Promise<void> {
    this.#stopListening();
    await this.settled();
  }

  async #run(): Promise<void> {
    const { thread, madeDevices, onDevices, onFault } = this.#options;
    while (this.#waiting.size > 0) {
      await madeDevices();
      const some = [...this.#waiting].slice(0, LIMITS.DIRECTORY_RESYNC_DEVICES);
      for (const [deviceId] of some) this.#waiting.delete(deviceId);
      const devices = some.map(([deviceId, time]) => ({ deviceId, time }));
      await thread.call('saveProvisioned', devices).then(onDevices, onFault);
    }
    this.#running = null;
  }
}
