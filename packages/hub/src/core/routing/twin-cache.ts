import { type DeviceIdentity, identityKey, LIMITS } from '@viaduct/contracts';
import type { JsonObject, KeepsTwins, TellsTime } from '../ports.ts';
import { twinEventBody } from '../twin/twin-document.ts';

interface CachedTwin {
  /** Undefined when the identity is gone. */
  readonly document: JsonObject | undefined;
  readonly until: number;
}

/**
 * Twins of senders, as conditions and enrichments see them: at most LIMITS.ROUTING_TWIN_CACHED_MS old, so that a device that speaks
 * a hundred times a second costs one read. Holds at most LIMITS.ROUTING_TWINS_CACHED_MAX; the one read longest ago goes first.
 */
export class TwinCache {
  readonly #hub: KeepsTwins & TellsTime;
  readonly #twins = new Map<string, CachedTwin>();

  constructor(hub: KeepsTwins & TellsTime) {
    this.#hub = hub;
  }

  /** `{tags, properties: {desired, reported}, …}`. */
  async find(identity: DeviceIdentity): Promise<JsonObject | undefined> {
    const key = identityKey(identity);
    const now = this.#hub.clock.now();
    const known = this.#twins.get(key);
    if (known !== undefined && known.until > now) return known.document;
    const twin = await this.#hub.twins.find(identity);
    const document = twin === undefined ? undefined : twinEventBody(twin);
    this.#twins.delete(key);
    this.#twins.set(key, { document, until: now + LIMITS.ROUTING_TWIN_CACHED_MS });
    if (this.#twins.size > LIMITS.ROUTING_TWINS_CACHED_MAX) this.#forgetOldest();
    return document;
  }

  #forgetOldest(): void {
    for (const key of this.#twins.keys()) {
      this.#twins.delete(key);
      return;
    }
  }
}
