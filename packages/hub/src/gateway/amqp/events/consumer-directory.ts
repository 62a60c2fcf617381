import { HubError, LIMITS } from '@viaduct/contracts';

/** One reader of one partition for one consumer group. */
export interface Consumer {
  /** Owner level; undefined for a reader that shares the partition. */
  readonly ownerLevel: number | undefined;
  /** Somebody else takes the partition. */
  steal(reason: HubError): void;
}

/**
 * Who reads what, and who must make room.
 *
 * Invariants, per consumer group and partition
 *  1. Either one reader with an owner level, or at most CONSUMERS_PER_PARTITION_MAX without.
 *  2. A reader with an owner level takes the place of readers without one, and of one with the same or a lower level.
 *  3. A reader is out of the directory before it is told that it was stolen from.
 */
export class ConsumerDirectory {
  readonly #readers = new Map<string, Set<Consumer>>();

  /** @throws HubError consumer.stolen, consumer.tooMany */
  enter(group: string, partition: number, consumer: Consumer): () => void {
    const key = `${group.toLowerCase()}\n${partition}`;
    const present = this.#readers.get(key) ?? new Set();
    requireRoom(present, consumer, `partition ${partition} of consumer group "${group}"`);
    const evicted = consumer.ownerLevel === undefined ? [] : [...present];
    for (const older of evicted) present.delete(older);
    present.add(consumer);
    this.#readers.set(key, present);
    for (const older of evicted) {
      older.steal(new HubError('consumer.stolen', `a reader with owner level ${consumer.ownerLevel} took over`));
    }
    return () => this.#leave(key, consumer);
  }

  #leave(key: string, consumer: Consumer): void {
    const present = this.#readers.get(key);
    present?.delete(consumer);
    if (present?.size === 0) this.#readers.delete(key);
  }
}

function requireRoom(present: ReadonlySet<Consumer>, { ownerLevel }: Consumer, what: string): void {
  const owner = [...present].find((reader) => reader.ownerLevel !== undefined);
  if (owner?.ownerLevel !== undefined && owner.ownerLevel > (ownerLevel ?? Number.NEGATIVE_INFINITY)) {
    throw new HubError('consumer.stolen', `a reader with owner level ${owner.ownerLevel} holds ${what}`);
  }
  if (ownerLevel === undefined && present.size >= LIMITS.CONSUMERS_PER_PARTITION_MAX) {
    throw new HubError('consumer.tooMany', `${present.size} readers share ${what} already`);
  }
}
