import { HubError, LIMITS } from '@viaduct/contracts';
import type { BlobPlace } from '../../core/ports.ts';
import { folderOf, type StagedCount } from '../sql/staged-counts.ts';

export interface StageRoomOptions {
  /** What is staged in all, and of one device. */
  readonly staged: { ofAll(): StagedCount; ofFolder(place: BlobPlace): StagedCount };
  readonly bytesPerDeviceMax: number;
}

/**
 * How much may be staged and not committed, in all and by one device: with the first bound alone a single device could keep
 * every other from staging. Blocks that are being written count before they are there.
 */
export class StageRoom {
  readonly #staged: StageRoomOptions['staged'];
  readonly #bytesPerDeviceMax: number;
  #arrivingBytes = 0;
  readonly #arrivingBytesOf = new Map<string, number>();

  constructor({ staged, bytesPerDeviceMax }: StageRoomOptions) {
    this.#staged = staged;
    this.#bytesPerDeviceMax = bytesPerDeviceMax;
  }

  /** Room for a block of at most so many bytes. Returns how to give it back once the block is staged or gone. @throws HubError blob.stageFull */
  take(place: BlobPlace, bytes: number): () => void {
    const folder = folderOf(place);
    const arriving = this.#arrivingBytesOf.get(folder) ?? 0;
    const all = this.#staged.ofAll();
    requireRoom('in all', all, this.#arrivingBytes + bytes, {
      bytes: LIMITS.BLOB_STAGED_BYTES_MAX,
      blocks: LIMITS.BLOB_STAGED_BLOCKS_MAX,
    });
    requireRoom('of this device', this.#staged.ofFolder(place), arriving + bytes, {
      bytes: this.#bytesPerDeviceMax,
      blocks: LIMITS.BLOB_STAGED_BLOCKS_PER_DEVICE_MAX,
    });
    this.#add(folder, bytes);
    return () => this.#add(folder, -bytes);
  }

  #add(folder: string, bytes: number): void {
    this.#arrivingBytes += bytes;
    const left = (this.#arrivingBytesOf.get(folder) ?? 0) + bytes;
    if (left === 0) this.#arrivingBytesOf.delete(folder);
    else this.#arrivingBytesOf.set(folder, left);
  }
}

function requireRoom(whose: string, { blocks, bytes }: StagedCount, more: number, max: StagedCount): void {
  if (bytes + more <= max.bytes && blocks < max.blocks) return;
  throw new HubError('blob.stageFull', `${blocks} blocks with ${bytes} bytes ${whose} are staged and not committed`);
}
