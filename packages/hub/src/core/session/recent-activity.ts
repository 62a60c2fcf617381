import { type DeviceIdentity, identityKey, LIMITS } from '@viaduct/contracts';

/** When an identity was heard of that holds no connection; ms since 1970. */
export interface Activity extends DeviceIdentity {
  readonly lastActivityTime: number;
}

interface Noted {
  activity: Activity;
  /** Since when it waits to be written. */
  since: number;
}

/**
 * Who spoke without a session, as HTTPS devices do, until it is written: a device that sends every second costs the store a row
 * every few seconds, and whoever asks in between still hears the truth.
 *
 * At most LIMITS.PRESENCE_WAITING_MAX; past that, the one that waited longest is forgotten.
 */
export class RecentActivity {
  /** Longest waiting first. */
  readonly #noted = new Map<string, Noted>();

  note({ deviceId, moduleId }: DeviceIdentity, time: number): void {
    const identity = moduleId === undefined ? { deviceId } : { deviceId, moduleId };
    const key = identityKey(identity);
    const known = this.#noted.get(key);
    if (known !== undefined) {
      if (time > known.activity.lastActivityTime) known.activity = { ...identity, lastActivityTime: time };
      return;
    }
    this.#noted.set(key, { activity: { ...identity, lastActivityTime: time }, since: time });
    if (this.#noted.size <= LIMITS.PRESENCE_WAITING_MAX) return;
    const [oldest] = this.#noted.keys();
    this.#noted.delete(oldest ?? '');
  }

  /** 0 when nothing waits to be written. */
  lastTime(identity: DeviceIdentity): number {
    if (this.#noted.size === 0) return 0;
    return this.#noted.get(identityKey(identity))?.activity.lastActivityTime ?? 0;
  }

  /** What waits since `until` or longer, at most `limit`. It stays until `written`. */
  due(until: number, limit: number): readonly Activity[] {
    const found: Activity[] = [];
    for (const { activity, since } of this.#noted.values()) {
      if (since > until || found.length >= limit) break;
      found.push(activity);
    }
    return found;
  }

  /** These are in the store. Whoever spoke again meanwhile waits anew. */
  written(activities: readonly Activity[]): void {
    for (const activity of activities) {
      const key = identityKey(activity);
      const noted = this.#noted.get(key);
      if (noted === undefined) continue;
      this.#noted.delete(key);
      if (noted.activity !== activity) this.note(noted.activity, noted.activity.lastActivityTime);
    }
  }
}
