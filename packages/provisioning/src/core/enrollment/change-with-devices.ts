import { HubError } from '@viaduct/contracts';
import { type JsonObject, newEtag } from '@viaduct/hub';
import type { EnrollmentKind, EnrollmentRecord } from '../ports.ts';
import { type ActsOnDevices, applyToDevices, type DeviceAction, type DevicesOutcome } from './apply-to-devices.ts';
import { type BulkOutcome, bulkEnrollments } from './bulk-enrollments.ts';
import { getEnrollment } from './get-enrollment.ts';
import { type ChangesEnrollments, putEnrollment } from './put-enrollment.ts';
import { removeEnrollment } from './remove-enrollment.ts';

export type ChangesWithDevices = ChangesEnrollments & ActsOnDevices;

const ATTEMPTS_MAX = 10;

/**
 * Replaces an enrolment, and then changes the devices that came by it. After a crash in between the enrolment is as it was sent; the same
 * request, with the new etag, does the rest.
 *
 * @throws HubError as `putEnrollment`
 */
export async function putWithDevices(
  provisioning: ChangesWithDevices,
  kind: EnrollmentKind,
  id: string,
  change: { readonly document: JsonObject; readonly ifMatch: string | undefined; readonly action: DeviceAction },
): Promise<{ readonly enrollment: EnrollmentRecord; readonly devices: DevicesOutcome }> {
  const enrollment = await putEnrollment(provisioning, kind, id, change.document, change.ifMatch);
  return { enrollment, devices: await applyToDevices(provisioning, enrollment, change.action) };
}

/**
 * Removes an enrolment with its devices: disables it, so that nobody comes any more, changes the devices, and removes it last. After a crash
 * the same request does the rest, for the enrolment is there until all is done.
 *
 * @throws HubError as `removeEnrollment`; argument.invalid: devices cannot be enabled so
 */
export async function removeWithDevices(
  provisioning: ChangesWithDevices,
  kind: EnrollmentKind,
  id: string,
  { ifMatch, action }: { readonly ifMatch?: string | undefined; readonly action: DeviceAction },
): Promise<DevicesOutcome> {
  if (action === 'enable') {
    throw new HubError('argument.invalid', 'devices=enable makes no sense with a removal: disable or delete');
  }
  const disabled = await disable(provisioning, kind, id, ifMatch);
  const devices = await applyToDevices(provisioning, disabled, action);
  await removeEnrollment(provisioning, kind, id);
  return devices;
}

/**
 * A bulk operation, and then the devices of all enrolments that it changed. A removal goes one enrolment after the other, as
 * `removeWithDevices` does it.
 *
 * @throws HubError as `bulkEnrollments`
 */
export async function bulkWithDevices(
  provisioning: ChangesWithDevices,
  kind: EnrollmentKind,
  operation: JsonObject,
  action: DeviceAction,
): Promise<BulkOutcome & { readonly devices: DevicesOutcome }> {
  const outcomes: DevicesOutcome[] = [];
  const remove = async (id: string) => {
    outcomes.push(await removeWithDevices(provisioning, kind, id, { action }));
  };
  const bulk = await bulkEnrollments(provisioning, kind, operation, remove);
  if (operation.mode !== 'delete') {
    for (const id of bulk.changed) outcomes.push(await applyToDevices(provisioning, { kind, id }, action));
  }
  return { ...bulk, devices: sumOf(outcomes) };
}

async function disable(
  provisioning: ChangesWithDevices,
  kind: EnrollmentKind,
  id: string,
  ifMatch: string | undefined,
): Promise<EnrollmentRecord> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = await getEnrollment(provisioning, kind, id, ifMatch);
    if (before.status === 'disabled') return before;
    const after: EnrollmentRecord = {
      ...before,
      status: 'disabled',
      updatedTime: provisioning.clock.now(),
      etag: newEtag(provisioning),
    };
    if (await provisioning.enrollments.replace(after, before.etag)) return after;
  }
  throw new HubError('store.unavailable', 'the enrolment is being changed too often at once');
}

function sumOf(outcomes: readonly DevicesOutcome[]): DevicesOutcome {
  return {
    changed: outcomes.reduce((sum, { changed }) => sum + changed, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
    refused: outcomes.flatMap(({ refused }) => refused),
  };
}
