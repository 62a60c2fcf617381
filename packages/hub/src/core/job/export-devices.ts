import { setImmediate as turn } from 'node:timers/promises';
import type {
  JobRecord,
  KeepsBlobs,
  KeepsJobs,
  KeepsRegistry,
  KnowsItsNames,
  OpensContainers,
  SignsBlobs,
  TellsTime,
  TransferWork,
} from '../ports.ts';
import { deviceLine } from './device-line.ts';
import { openContainer } from './open-container.ts';

export type ExportsDevices = KeepsRegistry &
  KeepsJobs &
  KeepsBlobs &
  SignsBlobs &
  TellsTime &
  KnowsItsNames &
  OpensContainers;

const DEVICES_AT_ONCE = 100;
const TOLD_EVERY = 50;

/**
 * Writes every device and module with its twin into a file, a line each, in order of device and module. The registry may
 * change meanwhile: each line is of a moment of its own. After a stop it begins anew.
 *
 * @throws HubError container.invalid, store.unavailable
 */
export async function exportDevices(
  hub: ExportsDevices,
  { jobId }: JobRecord,
  { output, excludeKeys }: Extract<TransferWork, { type: 'export' }>,
  signal: AbortSignal,
): Promise<void> {
  const total = await hub.registry.count({});
  let lines = 0;
  let devices = 0;

  async function* chunks(): AsyncGenerator<Buffer> {
    let after: { deviceId: string; moduleId?: string } | undefined;
    for (let page = 1; ; page++) {
      signal.throwIfAborted();
      // Reading is synchronous: others have their turn between two pages.
      await turn();
      const found = await hub.registry.listWithTwins({
        limit: DEVICES_AT_ONCE,
        ...(after === undefined ? {} : { after }),
      });
      if (found.length > 0)
        yield Buffer.from(found.map(({ entry, twin }) => `${deviceLine(entry, twin, excludeKeys)}\n`).join(''));
      lines += found.length;
      devices += found.filter(({ entry }) => entry.moduleId === undefined).length;
      after = found.at(-1)?.entry;
      if (found.length < DEVICES_AT_ONCE) return;
      if (page % TOLD_EVERY === 0) await tell(Math.min(99, Math.floor((100 * devices) / Math.max(1, total))));
    }
  }
  const tell = (progress: number) => hub.jobs.saveProgress(jobId, { progress, completed: lines, failed: 0 });

  await openContainer(hub, output.containerUri).write(output.blobName, chunks(), signal);
  signal.throwIfAborted();
  await tell(100);
}
