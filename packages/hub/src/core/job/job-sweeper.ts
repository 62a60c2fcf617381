import { LIMITS } from '@viaduct/contracts';
import { JOBS_CONTAINER } from '../file/blob-name.ts';
import type { KeepsBlobs, KeepsJobs, TellsTime } from '../ports.ts';
import { type OnFault, RepeatingTask, warnOfFault } from '../repeating-task.ts';

export interface JobSweeperOptions {
  /** Default: 600,000. */
  readonly intervalMs?: number;
  readonly onFault?: OnFault;
}

const FILES_AT_ONCE = 1_000;

/** What time does to jobs: those that ended long ago are forgotten, and files in the hub's own container go. */
export class JobSweeper {
  readonly #hub: KeepsJobs & KeepsBlobs & TellsTime;
  readonly #sweeping: RepeatingTask;

  constructor(
    hub: KeepsJobs & KeepsBlobs & TellsTime,
    { intervalMs = 600_000, onFault = warnOfFault }: JobSweeperOptions = {},
  ) {
    this.#hub = hub;
    this.#sweeping = new RepeatingTask(() => this.sweep(), intervalMs, onFault);
  }

  async sweep(): Promise<void> {
    const now = this.#hub.clock.now();
    const before = now - LIMITS.JOB_HISTORY_SECONDS * 1_000;
    await this.#hub.jobs.sweep(before, LIMITS.JOBS_ENDED_MAX, LIMITS.JOB_OUTCOMES_MAX);
    await this.#removeFiles(now - LIMITS.JOB_FILE_SECONDS * 1_000);
  }

  async close(): Promise<void> {
    await this.#sweeping.close();
  }

  /** They hold keys of devices in the clear: nobody's memory should be what removes them. */
  async #removeFiles(before: number): Promise<void> {
    let after: string | undefined;
    for (;;) {
      const files = await this.#hub.blobs.list({
        container: JOBS_CONTAINER,
        limit: FILES_AT_ONCE,
        ...(after === undefined ? {} : { after }),
      });
      for (const file of files) if (file.modifiedTime < before) await this.#hub.blobs.remove(file);
      after = files.at(-1)?.name;
      if (files.length < FILES_AT_ONCE) return;
    }
  }
}
