import { type DeviceIdentity, identityKey, LIMITS } from '@viaduct/contracts';
import type { ListDevices, Presence, RegistryEntry, RegistryStore, RegistryWrite, TwinRecord } from '../core/ports.ts';

/**
 * A registry that remembers the entries it was asked for: every CONNECT asks for one, and reading it means a query and two
 * unsealed keys.
 *
 * Invariants
 *  1. An entry is remembered only if nothing was written between the start and the end of its reading.
 *  2. Every write forgets what it may have changed before its caller hears that it is done.
 *  3. At most LIMITS.REGISTRY_CACHE_MAX entries; the longest unasked-for goes first.
 *
 * For a store that this process alone writes; with several processes a write has to be told to the others.
 */
export class CachedRegistry implements RegistryStore {
  readonly #store: RegistryStore;
  /** Oldest use first. */
  readonly #entries = new Map<string, RegistryEntry>();
  #writes = 0;

  constructor(store: RegistryStore) {
    this.#store = store;
  }

  async find(identity: DeviceIdentity): Promise<RegistryEntry | undefined> {
    const key = identityKey(identity);
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    const writesBefore = this.#writes;
    const entry = await this.#store.find(identity);
    if (entry !== undefined && writesBefore === this.#writes) this.#remember(key, entry);
    return entry;
  }

  insert(entry: RegistryEntry, twin: TwinRecord): Promise<boolean> {
    return this.#writing(entry, () => this.#store.insert(entry, twin));
  }

  replace(entry: RegistryEntry, expectedEtag: string): Promise<boolean> {
    return this.#writing(entry, () => this.#store.replace(entry, expectedEtag));
  }

  onWrite(listener: (write: RegistryWrite) => void): () => void {
    return this.#store.onWrite(listener);
  }

  saveModel(identity: DeviceIdentity, modelId: string): Promise<void> {
    return this.#writing(identity, () => this.#store.saveModel(identity, modelId));
  }

  async remove(identity: DeviceIdentity, expectedEtag: string | undefined): Promise<boolean> {
    try {
      return await this.#writing(identity, () => this.#store.remove(identity, expectedEtag));
    } finally {
      // Its modules are gone as well; this is rare enough to forget everybody.
      this.#entries.clear();
    }
  }

  list(query: ListDevices): Promise<readonly (RegistryEntry & Presence)[]> {
    return this.#store.list(query);
  }

  listWithTwins(page: Parameters<RegistryStore['listWithTwins']>[0]): ReturnType<RegistryStore['listWithTwins']> {
    return this.#store.listWithTwins(page);
  }

  count(query: Omit<ListDevices, 'after' | 'limit'>): Promise<number> {
    return this.#store.count(query);
  }

  findPresence(identity: DeviceIdentity): Promise<Presence> {
    return this.#store.findPresence(identity);
  }

  savePresence(changes: readonly (DeviceIdentity & Presence)[]): Promise<void> {
    return this.#store.savePresence(changes);
  }

  saveActivity(changes: readonly (DeviceIdentity & Pick<Presence, 'lastActivityTime'>)[]): Promise<void> {
    return this.#store.saveActivity(changes);
  }

  listConnected(): Promise<readonly (DeviceIdentity & Presence)[]> {
    return this.#store.listConnected();
  }

  disconnectAll(time: number): Promise<void> {
    return this.#store.disconnectAll(time);
  }

  async #writing<T>(identity: DeviceIdentity, write: () => Promise<T>): Promise<T> {
    this.#writes++;
    try {
      return await write();
    } finally {
      this.#writes++;
      this.#entries.delete(identityKey(identity));
    }
  }

  #remember(key: string, entry: RegistryEntry): void {
    if (this.#entries.size >= LIMITS.REGISTRY_CACHE_MAX) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest ?? key);
    }
    this.#entries.set(key, entry);
  }
}
