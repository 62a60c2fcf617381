import { HubError } from '@viaduct/contracts';
import { type Disk, readSmallFile, replaceFile } from './disk.ts';

const NAME = 'checkpoints.json';

/**
 * How far consumer groups have read. One small file, replaced whole and synced; calls that come while a write is under way share
 * the next one.
 *
 * Content: {"group": {"partition": nextOffset}}
 */
export class Checkpoints {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #groups: Map<string, Map<number, number>>;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(disk: Disk, directory: string, groups: Map<string, Map<number, number>>) {
    this.#disk = disk;
    this.#directory = directory;
    this.#groups = groups;
  }

  get(group: string, partition: number): number | undefined {
    return this.#groups.get(group)?.get(partition);
  }

  /**
   * Moves checkpoints past the end of their partition back to it. They are of records that were taken away by hand, after damage,
   * and would make their group miss what now gets those offsets.
   */
  limitTo(nextOffsets: readonly number[]): void {
    for (const offsets of this.#groups.values()) {
      for (const [partition, next] of offsets) offsets.set(partition, Math.min(next, nextOffsets[partition] ?? 0));
    }
  }

  /** Resolves when durable; rejects with the disk's error, and the next call writes this value too. */
  set(group: string, partition: number, nextOffset: number): Promise<void> {
    const offsets = this.#groups.get(group) ?? new Map<number, number>();
    offsets.set(partition, nextOffset);
    this.#groups.set(group, offsets);
    return this.#write();
  }

  /** As `set`, for all partitions of a group that is no more. */
  remove(group: string): Promise<void> {
    return this.#groups.delete(group) ? this.#write() : Promise.resolve();
  }

  /** Resolves when nothing is being written. */
  async close(): Promise<void> {
    await Promise.allSettled([this.#writing, this.#next]);
  }

  #write(): Promise<void> {
    this.#next ??= this.#writeAfter(this.#writing);
    return this.#next;
  }

  async #writeAfter(previous: Promise<void>): Promise<void> {
    await Promise.allSettled([previous]);
    this.#writing = this.#next ?? previous;
    this.#next = undefined;
    const groups = [...this.#groups].map(([group, offsets]) => [group, Object.fromEntries(offsets)]);
    await replaceFile(this.#disk, this.#directory, NAME, JSON.stringify(Object.fromEntries(groups)));
  }
}

/** @throws HubError log.damaged when the file is there and is not what was written */
export async function openCheckpoints(disk: Disk, directory: string): Promise<Checkpoints> {
  const text = await readSmallFile(disk, `${directory}/${NAME}`);
  const groups = new Map<string, Map<number, number>>();
  for (const [group, offsets] of Object.entries(parse(text ?? '{}'))) {
    groups.set(group, new Map(Object.entries(offsets).map(([partition, next]) => [Number(partition), next])));
  }
  return new Checkpoints(disk, directory, groups);
}

function parse(text: string): Record<string, Record<string, number>> {
  try {
    return JSON.parse(text) as Record<string, Record<string, number>>;
  } catch (cause) {
    throw new HubError(
      'log.damaged',
      `${NAME} is not JSON. Restore it, or remove it to let every consumer group start anew`,
      { cause },
    );
  }
}
