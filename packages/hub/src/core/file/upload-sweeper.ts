import { LIMITS } from '@viaduct/contracts';
import type { KeepsBlobs, KeepsUploads, TellsTime } from '../ports.ts';
import { type OnFault, RepeatingTask, warnOfFault } from '../repeating-task.ts';
import { notificationsExpiredBefore } from './deliver-file-notifications.ts';

export interface UploadSweeperOptions {
  /** Default: 10,000. */
  readonly intervalMs?: number;
  readonly onFault?: OnFault;
}

const EXPIRED_AT_ONCE_MAX = 1_000;

/**
 * What time does to uploads: what was staged for one whose permission ran out is dropped, notifications nobody fetched go.
 *
 * A permission outlives the upload that was told as ended, and may stage more: no upload is left to find those blocks by, so
 * they go by their age.
 */
export class UploadSweeper {
  readonly #hub: KeepsBlobs & KeepsUploads & TellsTime;
  readonly #sweeping: RepeatingTask;
  /** Uploads that ran out by then have been seen to. A start sees to those of a whole day again, which does no harm. */
  #sweptUntil = 0;

  constructor(
    hub: KeepsBlobs & KeepsUploads & TellsTime,
    { intervalMs = 10_000, onFault = warnOfFault }: UploadSweeperOptions = {},
  ) {
    this.#hub = hub;
    this.#sweeping = new RepeatingTask(() => this.sweep(), intervalMs, onFault);
  }

  /** One round, bounded; what is left over is done in the next. */
  async sweep(): Promise<void> {
    const { blobs, uploads, clock } = this.#hub;
    const now = clock.now();
    const expired = await uploads.listExpired(this.#sweptUntil, now, EXPIRED_AT_ONCE_MAX);
    for (const upload of expired) {
      if ((await uploads.countOthers(upload, now)) === 0) await blobs.discardStaged(upload);
    }
    // A full page may have cut a millisecond in two; what was seen of it is seen again.
    this.#sweptUntil = expired.length < EXPIRED_AT_ONCE_MAX ? now : (expired.at(-1)?.expiryTime ?? now) - 1;
    await uploads.forgetExpired(now - LIMITS.UPLOAD_REMEMBERED_SECONDS * 1_000);
    await uploads.sweepNotifications(now, notificationsExpiredBefore(now));
    await blobs.discardStagedBefore(now - LIMITS.BLOB_STAGED_SECONDS_MAX * 1_000, EXPIRED_AT_ONCE_MAX);
  }

  async close(): Promise<void> {
    await this.#sweeping.close();
  }
}
