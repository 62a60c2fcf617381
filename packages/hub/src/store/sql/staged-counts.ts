import type { BlobPlace } from '../../core/ports.ts';

/** Of blocks that are staged and not committed. */
export interface StagedCount {
  readonly blocks: number;
  readonly bytes: number;
}

const NOTHING: StagedCount = { blocks: 0, bytes: 0 };

/** The part of a name before its first slash, which is a device's folder, and the container it is in. */
export function folderOf({ container, name }: BlobPlace): string {
  return `${container}/${name.split('/', 1)[0]}`;
}

/** What is staged, counted as it comes and goes: in all, and of each device's folder. Folders without any take no room. */
export class StagedCounts {
  #all = NOTHING;
  readonly #ofFolders = new Map<string, StagedCount>();

  add(place: BlobPlace, more: StagedCount): void {
    this.#all = sum(this.#all, more);
    const folder = folderOf(place);
    const now = sum(this.#ofFolders.get(folder) ?? NOTHING, more);
    if (now.blocks === 0) this.#ofFolders.delete(folder);
    else this.#ofFolders.set(folder, now);
  }

  ofAll(): StagedCount {
    return this.#all;
  }

  ofFolder(place: BlobPlace): StagedCount {
    return this.#ofFolders.get(folderOf(place)) ?? NOTHING;
  }
}

function sum(a: StagedCount, b: StagedCount): StagedCount {
  return { blocks: a.blocks + b.blocks, bytes: a.bytes + b.bytes };
}
