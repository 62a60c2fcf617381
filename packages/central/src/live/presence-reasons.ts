import { LIMITS } from '@viaduct/contracts';
import type { HoldsSessions, PresenceChange } from '@viaduct/hub';

/**
 * Why devices left, for as long as this process remembers: the log says that they did and when, in Azure's words, which have no
 * place for a reason.
 */
export class PresenceReasons {
  readonly #reasons = new Map<string, string>();
  readonly #stopListening: () => void;

  constructor({ sessions }: HoldsSessions) {
    this.#stopListening = sessions.onPresence((change) => this.#note(change));
  }

  /** `time` in ms since 1970, as the change was dated. */
  find(deviceId: string, time: number): string | null {
    return this.#reasons.get(`${time} ${deviceId}`) ?? null;
  }

  close(): void {
    this.#stopListening();
  }

  #note({ identity, reason, time, connected }: PresenceChange): void {
    if (connected || reason === null || identity.moduleId !== undefined) return;
    const [oldest] = this.#reasons.keys();
    if (this.#reasons.size >= LIMITS.PRESENCE_REASONS_MAX && oldest !== undefined) this.#reasons.delete(oldest);
    this.#reasons.set(`${time} ${identity.deviceId}`, reason.message);
  }
}
