import { type DeviceIdentity, LIMITS } from '@viaduct/contracts';
import type { JsonObject, TwinRecord } from '../ports.ts';
import { isoTime } from '../record/append-happening.ts';
import { requireMatch } from '../registry/if-match.ts';
import { type ChangesTwins, changeTwin, type TwinWrite } from './change-twin.ts';
import { mergeSection, mergeTags, patchBetween, replaceSection, stampTree } from './merge-section.ts';
import { twinEtag } from './new-twin.ts';
import { twinEventBody } from './twin-document.ts';
import { requireSectionSize, validatedSection } from './validate-section.ts';

/** What a back end says about a twin; a section that is absent stays as it is. */
export interface TwinChange {
  readonly tags?: unknown;
  readonly desired?: unknown;
}

interface CheckedChange {
  readonly tags?: JsonObject;
  readonly desired?: JsonObject;
}

/**
 * A back end changes tags or desired: patches are merged; null removes. A connected device hears of desired at once.
 *
 * Resolves with the twin once it is on disk.
 *
 * @throws HubError argument.invalid, twin.tooLarge, etag.mismatch, device.notFound, module.notFound, quota.exceeded,
 *   store.unavailable, log.unavailable (the last three: retry)
 */
export async function patchTwin(
  hub: ChangesTwins,
  identity: DeviceIdentity,
  change: TwinChange,
  ifMatch?: string,
): Promise<TwinRecord> {
  const patch = requireTwinChange(change);
  return changeTwin(hub, identity, (before, time) => {
    requireMatch(before.etag, ifMatch);
    return patch.tags === undefined && patch.desired === undefined ? null : patchedTwin(before, patch, time);
  });
}

/** What a patch that was checked makes of a twin. Pure. @throws HubError twin.tooLarge */
export function patchedTwin(before: TwinRecord, { tags, desired }: CheckedChange, time: number): TwinWrite {
  const stamp = { time: isoTime(time), version: before.desired.version + 1 };
  const twin = counted({
    ...before,
    ...(tags === undefined ? {} : { tags: mergeTags(before.tags, tags) }),
    ...(desired === undefined ? {} : { desired: mergeSection(before.desired, desired, stamp) }),
  });
  const told = desired && { ...desired, $version: twin.desired.version };
  const event = {
    version: twin.version,
    ...(tags === undefined ? {} : { tags }),
    ...(desired === undefined
      ? {}
      : { properties: { desired: { ...desired, $metadata: stampTree(desired, stamp), $version: stamp.version } } }),
  };
  return { twin, opType: 'updateTwin', event, ...(told === undefined ? {} : { desiredPatch: told }) };
}

/**
 * A back end puts whole sections in the place of the stored ones. A connected device hears the new desired section, with
 * null for what is gone.
 *
 * @throws HubError as `patchTwin`; argument.invalid for a null too
 */
export async function replaceTwin(
  hub: ChangesTwins,
  identity: DeviceIdentity,
  change: TwinChange,
  ifMatch?: string,
): Promise<TwinRecord> {
  const { tags, desired } = checked(change, 'forbidden');
  return changeTwin(hub, identity, (before, time) => {
    requireMatch(before.etag, ifMatch);
    if (tags === undefined && desired === undefined) return null;
    const stamp = { time: isoTime(time), version: before.desired.version + 1 };
    const twin = counted({
      ...before,
      ...(tags === undefined ? {} : { tags }),
      ...(desired === undefined ? {} : { desired: replaceSection(before.desired, desired, stamp) }),
    });
    const told = desired && { ...patchBetween(before.desired.values, desired), $version: stamp.version };
    const opType = 'replaceTwin';
    return { twin, opType, event: twinEventBody(twin), ...(told === undefined ? {} : { desiredPatch: told }) };
  });
}

/** A patch that any twin could take, as far as the patch alone tells. @throws HubError argument.invalid */
export function requireTwinChange(change: TwinChange): CheckedChange {
  return checked(change, 'allowed');
}

function checked({ tags, desired }: TwinChange, nulls: 'allowed' | 'forbidden'): CheckedChange {
  return {
    ...(tags === undefined ? {} : { tags: validatedSection(tags, 'tags', nulls) }),
    ...(desired === undefined ? {} : { desired: validatedSection(desired, 'desired', nulls) }),
  };
}

/** The twin with its version and etag moved on. @throws HubError twin.tooLarge */
function counted(twin: TwinRecord): TwinRecord {
  requireSectionSize(twin.tags, 'tags', LIMITS.TWIN_TAGS_BYTES_MAX);
  requireSectionSize(twin.desired.values, 'desired', LIMITS.TWIN_SECTION_BYTES_MAX);
  const version = twin.version + 1;
  return { ...twin, version, etag: twinEtag(version) };
}
