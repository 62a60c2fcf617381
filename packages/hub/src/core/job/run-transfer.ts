import type { JobRecord, TransferWork } from '../ports.ts';
import { type ExportsDevices, exportDevices } from './export-devices.ts';
import { type ImportsDevices, importDevices } from './import-devices.ts';
import type { JobStop } from './job-stop.ts';

export type RunsTransfers = ExportsDevices & ImportsDevices;

export type TransferJob = JobRecord & { readonly work: TransferWork };

/**
 * Resolves when the file is written or read to its end, or once it was stopped.
 *
 * @throws HubError container.invalid, store.unavailable, log.unavailable
 */
export async function runTransfer(hub: RunsTransfers, job: TransferJob, stop: JobStop): Promise<void> {
  try {
    const { work } = job;
    switch (work.type) {
      case 'import':
        await importDevices(hub, job, work, stop.begin);
        return;
      case 'export':
        await exportDevices(hub, job, work, stop.begin);
        return;
      default:
        work satisfies never;
    }
  } catch (thrown) {
    // What broke off because it was stopped has no reason of its own.
    if (!stop.begin.aborted) throw thrown;
  }
}
