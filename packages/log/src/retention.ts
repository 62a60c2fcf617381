import type { Bounds } from './bounds.ts';
import type { Disk } from './disk.ts';
import type { OnLogEvent } from './events.ts';
import type { SegmentFile } from './segment-file.ts';

export interface RetentionOptions {
  readonly disk: Disk;
  readonly directory: string;
  /** Oldest first; the removed ones are taken off its front. */
  readonly segments: SegmentFile[];
  readonly bounds: Bounds;
  readonly clock: { now(): number };
  readonly retentionSeconds: number;
  readonly retentionBytes: number;
  readonly onEvent: OnLogEvent;
}

/**
 * Removes the oldest segments, whole, once all in them is too old or all segments together are too large. Never the active one,
 * so up to one segment more than asked for is kept. A reader inside a removed segment finishes its read (the file is open);
 * its next read begins at the oldest record there is.
 */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #timer: NodeJS.Timeout;
  #applying: Promise<void> | undefined;
  #removing: SegmentFile | undefined;

  constructor(options: RetentionOptions, checkSeconds: number) {
    this.#options = options;
    this.#timer = setInterval(() => void this.apply(), checkSeconds * 1_000);
    this.#timer.unref();
  }

  /** Applies the rules now. Resolves when done; failures are reported as events and tried again the next time. */
  apply(): Promise<void> {
    this.#applying ??= this.#removeExpired().finally(() => {
      this.#applying = undefined;
    });
    return this.#applying;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#applying;
  }

  async #removeExpired(): Promise<void> {
    try {
      await this.#removeFile();
      for (let because = this.#reason(); because !== undefined; because = this.#reason()) {
        await this.#removeOldest(because);
      }
    } catch (error) {
      this.#options.onEvent({ kind: 'fault', what: 'removing an expired segment', error });
    }
  }

  /** Why the oldest segment has to go, if it has to. */
  #reason(): 'age' | 'bytes' | undefined {
    const { segments, clock, retentionSeconds, retentionBytes } = this.#options;
    const successor = segments[0]?.successor;
    if (successor === undefined) return undefined;
    if (successor.timeBefore < clock.now() - retentionSeconds * 1_000) return 'age';
    return storedBytes(segments) > retentionBytes ? 'bytes' : undefined;
  }

  /** Readers learn first, then the file goes: whoever finds no file also finds a new oldest offset. */
  async #removeOldest(because: 'age' | 'bytes'): Promise<void> {
    const { segments, bounds, onEvent } = this.#options;
    const oldest = segments.shift()!;
    oldest.removed = true;
    oldest.successor!.firstOffsets.forEach((offset, partition) => {
      bounds.first[partition] = offset;
    });
    this.#removing = oldest;
    await this.#removeFile();
    onEvent({ kind: 'segmentRemoved', segment: oldest.name, because });
  }

  /** One that the disk refused to remove is tried again before any other: what is on disk has no holes. */
  async #removeFile(): Promise<void> {
    if (this.#removing === undefined) return;
    const { disk, directory } = this.#options;
    await this.#removing.letGo();
    await disk.remove(this.#removing.path);
    await disk.syncDirectory(directory);
    this.#removing = undefined;
  }
}

export function storedBytes(segments: readonly SegmentFile[]): number {
  let bytes = 0;
  for (const segment of segments) bytes += segment.end;
  return bytes;
}
