import { HubError, LIMITS } from '@viaduct/contracts';
import type { Transport } from '../ports.ts';

/** One reader of one partition for one consumer group. */
export interface Consumer {
  /** Owner level; undefined for a reader that shares the partition. */
  readonly ownerLevel: number | undefined;
  readonly name: string;
  readonly transport: Transport;
  readonly remoteAddress: string;
  /** Milliseconds since 1970. */
  readonly connectedTime: number;
  /** The offset it gets next; undefined until it is known where it begins. */
  readonly nextOffset: number | undefined;
  /** It has to go: somebody else takes the partition, or the group is gone. */
  end(reason: HubError): void;
}

export interface PresentConsumer {
  readonly partition: number;
  readonly consumer: Consumer;
}

/** Consumers by partition. */
type Readers = Map<number, Set<Consumer>>;

/**
 * Who reads what, and who must make room.
 *
 * Invariants, per consumer group and partition
 *  1. Either one reader with an owner level, or at most CONSUMERS_PER_PARTITION_MAX without.
 *  2. A reader with an owner level takes the place of readers without one, and of one with the same or a lower level.
 *  3. A reader is out of the directory before it is told that it was stolen from, or that its group is gone.
 */
export class ConsumerDirectory {
  /** By name of the group in lower case. */
  readonly #groups = new Map<string, Readers>();

  /** Readers of all groups. */
  get size(): number {
    let count = 0;
    for (const readers of this.#groups.values()) for (const present of readers.values()) count += present.size;
    return count;
  }

  /** Returns how it leaves. @throws HubError consumer.stolen, consumer.tooMany */
  enter(group: string, partition: number, consumer: Consumer): () => void {
    const readers = this.#groups.get(group.toLowerCase()) ?? new Map<number, Set<Consumer>>();
    const present = readers.get(partition) ?? new Set();
    requireRoom(present, consumer, `partition ${partition} of consumer group "${group}"`);
    const evicted = consumer.ownerLevel === undefined ? [] : [...present];
    for (const older of evicted) present.delete(older);
    present.add(consumer);
    readers.set(partition, present);
    this.#groups.set(group.toLowerCase(), readers);
    for (const older of evicted) {
      older.end(new HubError('consumer.stolen', `a reader with owner level ${consumer.ownerLevel} took over`));
    }
    return () => this.#leave(group, partition, consumer);
  }

  /** Everybody who reads for a group, in order of partition. */
  of(group: string): readonly PresentConsumer[] {
    const readers = this.#groups.get(group.toLowerCase()) ?? [];
    return [...readers]
      .sort(([a], [b]) => a - b)
      .flatMap(([partition, present]) => [...present].map((consumer) => ({ partition, consumer })));
  }

  /** The group is gone: so are its readers. */
  endGroup(group: string, reason: HubError): void {
    const gone = this.of(group);
    this.#groups.delete(group.toLowerCase());
    for (const { consumer } of gone) consumer.end(reason);
  }

  #leave(group: string, partition: number, consumer: Consumer): void {
    const readers = this.#groups.get(group.toLowerCase());
    const present = readers?.get(partition);
    present?.delete(consumer);
    if (present?.size === 0) readers?.delete(partition);
    if (readers?.size === 0) this.#groups.delete(group.toLowerCase());
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
