import { type DeviceIdentity, HubError, LIMITS } from '@viaduct/contracts';
import type { TwinRecord } from '../ports.ts';
import { isoTime } from '../record/append-happening.ts';
import { type ChangesTwins, changeTwin } from './change-twin.ts';
import { mergeSection, stampTree } from './merge-section.ts';
import { requireSectionSize, validatedSection } from './validate-section.ts';

/**
 * A device reports: its patch is merged into `reported`; null removes.
 *
 * Resolves with the twin once it is on disk; `reported.version` is what the device is told.
 *
 * @throws HubError argument.invalid, twin.tooLarge, etag.mismatch (`expectedVersion` is not the stored one),
 *   device.notFound, module.notFound, quota.exceeded, store.unavailable, log.unavailable (all three: retry)
 */
export async function patchReported(
  hub: ChangesTwins,
  identity: DeviceIdentity,
  patch: unknown,
  expectedVersion: number | null,
): Promise<TwinRecord> {
  const change = validatedSection(patch, 'reported', 'allowed');
  return changeTwin(hub, identity, (twin, time) => {
    if (expectedVersion !== null && expectedVersion !== twin.reported.version) {
      throw new HubError('etag.mismatch', `reported has version ${twin.reported.version}, not ${expectedVersion}`);
    }
    const stamp = { time: isoTime(time) };
    const reported = mergeSection(twin.reported, change, stamp);
    requireSectionSize(reported.values, 'reported', LIMITS.TWIN_SECTION_BYTES_MAX);
    const told = { ...change, $metadata: stampTree(change, stamp), $version: reported.version };
    return {
      twin: { ...twin, reported },
      opType: 'updateTwin',
      event: { version: twin.version, properties: { reported: told } },
    };
  });
}
