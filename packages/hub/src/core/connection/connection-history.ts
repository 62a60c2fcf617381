import { type DeviceIdentity, type ErrorCode, identityKey, LIMITS } from '@viaduct/contracts';
import type { ConnectionRecord, ConnectionStore } from '../ports.ts';
import { type OnFault, RepeatingTask, warnOfFault } from '../repeating-task.ts';
import type { PresenceChange, SessionDirectory } from '../session/session-directory.ts';

export interface ConnectionHistoryOptions {
  /** How long a stay may wait in memory. Default: 1,000. */
  readonly intervalMs?: number;
  readonly onFault?: OnFault;
}

/** Rows of one write: more would keep sockets waiting for their turn. */
const SAVED_AT_ONCE_MAX = 250;

/**
 * The stays of devices, for the operator who asks when one was here and why it left.
 *
 *     connected ─► unsaved: a stay without an end ─┐
 *     disconnected ─► unsaved: the same stay, ended ─┴─ each second ─► store          list = unsaved over store
 *
 * Invariants
 *  1. Nothing here delays a connection: listening is a map entry, and a stay that ends before it was written costs one row.
 *  2. Memory holds at most LIMITS.CONNECTIONS_WAITING_MAX; past that the oldest go, unwritten.
 *  3. What is listed is true now: a change is seen before it is written.
 */
export class ConnectionHistory implements ConnectionStore {
  readonly #store: ConnectionStore;
  readonly #onFault: OnFault;
  readonly #saving: RepeatingTask;
  readonly #stopListening: () => void;
  /** By identity and begin; longest unwritten first. */
  readonly #unsaved = new Map<string, ConnectionRecord>();

  constructor(
    store: ConnectionStore,
    sessions: SessionDirectory,
    { intervalMs = 1_000, onFault = warnOfFault }: ConnectionHistoryOptions = {},
  ) {
    this.#store = store;
    this.#onFault = onFault;
    this.#saving = new RepeatingTask(() => this.#saveAll(), intervalMs, onFault);
    this.#stopListening = sessions.onPresence((change) => this.#keep(stayOf(change)));
  }

  async list(identity: DeviceIdentity): Promise<readonly ConnectionRecord[]> {
    const kept = await this.#store.list(identity);
    const found = new Map(kept.map((stay) => [keyOf(stay), stay]));
    const wanted = identityKey(identity);
    // Memory is newer than the store.
    for (const [key, stay] of this.#unsaved) if (identityKey(stay) === wanted) found.set(key, stay);
    return [...found.values()]
      .sort((a, b) => b.connectedTime - a.connectedTime)
      .slice(0, LIMITS.CONNECTIONS_PER_DEVICE_MAX);
  }

  async save(records: readonly ConnectionRecord[]): Promise<void> {
    for (const record of records) this.#keep(record);
  }

  endAll(
    now: number,
    reason: { readonly code: ErrorCode; readonly message: string },
  ): Promise<readonly ConnectionRecord[]> {
    return this.#store.endAll(now, reason);
  }

  /** Writes what waits. Sessions should have left before. */
  async close(): Promise<void> {
    this.#stopListening();
    await this.#saving.close();
    try {
      await this.#saveAll();
    } catch (fault) {
      this.#onFault(fault);
    }
  }

  #keep(stay: ConnectionRecord): void {
    this.#unsaved.set(keyOf(stay), stay);
    if (this.#unsaved.size <= LIMITS.CONNECTIONS_WAITING_MAX) return;
    const [oldest] = this.#unsaved.keys();
    this.#unsaved.delete(oldest ?? '');
  }

  /** What has come until now, in portions, so that others get their turn with the store. */
  async #saveAll(): Promise<void> {
    for (let left = this.#unsaved.size; left > 0; left -= SAVED_AT_ONCE_MAX) await this.#saveSome();
  }

  async #saveSome(): Promise<void> {
    const stays = take(this.#unsaved, SAVED_AT_ONCE_MAX);
    for (const [key] of stays) this.#unsaved.delete(key);
    try {
      await this.#store.save(stays.map(([, stay]) => stay));
    } catch (fault) {
      // Kept for the next round, unless something newer is known by now.
      for (const [key, stay] of stays) if (!this.#unsaved.has(key)) this.#keep(stay);
      throw fault;
    }
  }
}

function stayOf({ identity, connected, transport, remoteAddress, connectedTime, time, reason }: PresenceChange) {
  return {
    ...identity,
    transport,
    remoteAddress: remoteAddress.slice(0, LIMITS.ADDRESS_CHARACTERS_MAX),
    connectedTime,
    // A clock that was set back makes no stay end before it began.
    disconnectedTime: connected ? null : Math.max(time, connectedTime),
    reason:
      reason === null ? null : { code: reason.code, message: reason.message.slice(0, LIMITS.REASON_CHARACTERS_MAX) },
  };
}

function keyOf(stay: ConnectionRecord): string {
  return `${stay.connectedTime} ${identityKey(stay)}`;
}

function take<K, V>(entries: ReadonlyMap<K, V>, count: number): [K, V][] {
  const taken: [K, V][] = [];
  for (const entry of entries) {
    if (taken.length >= count) break;
    taken.push(entry);
  }
  return taken;
}
