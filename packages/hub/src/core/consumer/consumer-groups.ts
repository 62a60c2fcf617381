import { LIMITS } from '@viaduct/contracts';
import type { ConsumerGroupRecord, ConsumerGroupStore, TellsTime } from '../ports.ts';

/** What readers use who have no group of their own. */
export const DEFAULT_CONSUMER_GROUP = '$Default';

/**
 * The consumer groups of the event hub. They are few and asked for with each reader that comes, between two frames of its
 * connection: so all of them are in memory, and the store hears of changes.
 *
 * Invariants
 *  1. `$Default` is there; its age is that of the event hub.
 *  2. Names differ in more than their case; at most LIMITS.CONSUMER_GROUPS_MAX.
 *  3. What is in memory is on disk: a group is there only once it would survive a restart. Changes go one after the other.
 */
export class ConsumerGroups {
  readonly #store: ConsumerGroupStore;
  /** By name in lower case. */
  readonly #groups: Map<string, ConsumerGroupRecord>;
  #change: Promise<unknown> = Promise.resolve();

  private constructor(store: ConsumerGroupStore, groups: readonly ConsumerGroupRecord[]) {
    this.#store = store;
    this.#groups = new Map(groups.map((group) => [group.name.toLowerCase(), group]));
  }

  /** @throws HubError store.unavailable (retry) */
  static async open({ clock }: TellsTime, store: ConsumerGroupStore): Promise<ConsumerGroups> {
    await store.insert({ name: DEFAULT_CONSUMER_GROUP, createdTime: clock.now() });
    return new ConsumerGroups(store, await store.list());
  }

  /** Since when there is an event hub here, ms since 1970. */
  get eventHubCreatedTime(): number {
    return this.find(DEFAULT_CONSUMER_GROUP)?.createdTime ?? 0;
  }

  /** In order of name; `$Default` is first, for nothing sorts before a `$`. */
  list(): readonly ConsumerGroupRecord[] {
    return [...this.#groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  }

  find(name: string): ConsumerGroupRecord | undefined {
    return this.#groups.get(name.toLowerCase());
  }

  /** Resolves with the group that has this name now, or undefined when there is no room. @throws HubError store.unavailable (retry) */
  add(group: ConsumerGroupRecord): Promise<ConsumerGroupRecord | undefined> {
    return this.#inTurn(async () => {
      const known = this.find(group.name);
      if (known !== undefined) return known;
      if (this.#groups.size >= LIMITS.CONSUMER_GROUPS_MAX) return undefined;
      await this.#store.insert(group);
      this.#groups.set(group.name.toLowerCase(), group);
      return group;
    });
  }

  /** Resolves with whether there was one. @throws HubError store.unavailable (retry) */
  remove(name: string): Promise<boolean> {
    return this.#inTurn(async () => {
      if (this.find(name) === undefined) return false;
      await this.#store.remove(name);
      return this.#groups.delete(name.toLowerCase());
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#change.then(work);
    // Whoever asked hears of a failure; the next change does not care.
    this.#change = done.catch(() => undefined);
    return done;
  }
}
