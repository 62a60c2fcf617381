import type { DropReason, Series } from '../history.ts';
import type { ConnectionChange } from './connection-table.ts';
import type { KnownIdentity } from './identity-index.ts';
import { PointBatch } from './point-batch.ts';
import type { TwinVersionRecord } from './twin-recorder.ts';

/** A device or module that was deleted. */
export interface GoneIdentity {
  readonly key: string;
  readonly generationId: string;
  readonly time: number;
}

export interface Place {
  readonly next: number;
  readonly lastTime: number;
}

/** Everything that one transaction writes: points, what they are of, and how far the log is read with them. */
export class CommitBatch {
  readonly points = new PointBatch();
  readonly places = new Map<number, Place>();
  readonly added: (Series & { readonly generationId: string })[] = [];
  /** Whose series go. */
  readonly removed: KnownIdentity[] = [];
  readonly gone: GoneIdentity[] = [];
  readonly twinVersions: TwinVersionRecord[] = [];
  readonly connectionChanges: ConnectionChange[] = [];
  readonly dropped: Partial<Record<DropReason, number>> = {};

  get isEmpty(): boolean {
    return this.places.size === 0 && this.twinVersions.length === 0;
  }

  drop(reason: DropReason): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
  }
}
