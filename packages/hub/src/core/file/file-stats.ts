import type { BlobStats, KeepsBlobs, KeepsUploads, TellsTime } from '../ports.ts';

/** Files in figures, for metrics: what is kept, what is staged, and which uploads have not ended. */
export interface FileStats extends BlobStats {
  readonly activeUploads: number;
}

/** @throws HubError store.unavailable */
export async function fileStats(hub: KeepsBlobs & KeepsUploads & TellsTime): Promise<FileStats> {
  return { ...hub.blobs.stats, activeUploads: await hub.uploads.countActive(hub.clock.now()) };
}
