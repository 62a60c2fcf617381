import { type DeviceIdentity, HubError, identityKey } from '@viaduct/contracts';
import type { DeviceSession } from './device-session.ts';
import { RecentActivity } from './recent-activity.ts';

/** A change of who is connected. `reason` tells an operator why a connection ended; null when the device left in order. */
export interface PresenceChange {
  readonly identity: DeviceIdentity;
  readonly connected: boolean;
  readonly transport: DeviceSession['transport'];
  readonly remoteAddress: string;
  /** When the connection began, whether this is its begin or its end; ms since 1970, like the two below. */
  readonly connectedTime: number;
  /** When the device was heard of last. */
  readonly lastActivityTime: number;
  readonly time: number;
  readonly reason: HubError | null;
}

export type PresenceListener = (change: PresenceChange) => void;

/**
 * Who is connected now.
 *
 * Invariants
 *  1. At most one session per identity: a newcomer takes over, and the older one is closed before the newcomer is entered.
 *  2. Every `enter` is followed by exactly one `leave` of the same session; leaving twice is harmless.
 *  3. Listeners hear connected and disconnected of one identity in the order in which they happened. A takeover is
 *     heard as disconnected (connection.replaced), then connected.
 */
export class SessionDirectory {
  /** Who was heard of without being connected. */
  readonly activity = new RecentActivity();
  readonly #sessions = new Map<string, DeviceSession>();
  readonly #listeners = new Set<PresenceListener>();
  readonly #waiters = new Map<string, Set<() => void>>();

  get size(): number {
    return this.#sessions.size;
  }

  /** Enters a session that was authenticated; closes the one it replaces. */
  enter(session: DeviceSession): void {
    const key = identityKey(session.identity);
    const older = this.#sessions.get(key);
    if (older !== undefined) {
      const reason = new HubError('connection.replaced', `a newer connection from ${session.remoteAddress} took over`);
      this.leave(older, reason, session.connectedTime);
      older.close(reason);
    }
    this.#sessions.set(key, session);
    this.#tell(session, true, session.connectedTime, null);
  }

  /** Removes a session, if it is still the one. */
  leave(session: DeviceSession, reason: HubError | null, time: number): void {
    const key = identityKey(session.identity);
    if (this.#sessions.get(key) !== session) return;
    this.#sessions.delete(key);
    this.#tell(session, false, time, reason);
  }

  find(identity: DeviceIdentity): DeviceSession | undefined {
    return this.#sessions.get(identityKey(identity));
  }

  [Symbol.iterator](): IterableIterator<DeviceSession> {
    return this.#sessions.values();
  }

  onPresence(listener: PresenceListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A session tells that it can now take method calls: whoever waits for that goes on. */
  readyForMethods(identity: DeviceIdentity): void {
    const key = identityKey(identity);
    const waiting = this.#waiters.get(key);
    this.#waiters.delete(key);
    for (const wake of waiting ?? []) wake();
  }

  /** Resolves with a session that takes method calls; rejects with the signal's reason when `signal` aborts first. */
  async untilReadyForMethods(identity: DeviceIdentity, signal: AbortSignal): Promise<DeviceSession> {
    for (;;) {
      const session = this.find(identity);
      if (session?.listensForMethods) return session;
      signal.throwIfAborted();
      await this.#wokenOrAborted(identityKey(identity), signal);
    }
  }

  #wokenOrAborted(key: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiters.get(key) ?? new Set();
      this.#waiters.set(key, waiting);
      const done = () => {
        signal.removeEventListener('abort', done);
        waiting.delete(done);
        if (waiting.size === 0 && this.#waiters.get(key) === waiting) this.#waiters.delete(key);
        resolve();
      };
      waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  #tell(session: DeviceSession, connected: boolean, time: number, reason: HubError | null): void {
    const { identity, transport, remoteAddress, connectedTime, lastActivityTime } = session;
    const change = { identity, connected, transport, remoteAddress, connectedTime, lastActivityTime, time, reason };
    for (const listener of this.#listeners) listener(change);
  }
}
