import { setTimeout as wait } from 'node:timers/promises';
import { HubError, LIMITS } from '@viaduct/contracts';
import type { TellsTime } from '@viaduct/hub';
import type {
  DevicePlace,
  EnrollmentKind,
  KeepsRegistrations,
  LinkedHubStore,
  ReachesHubs,
  RegistrationRecord,
} from '../ports.ts';

export const DEVICE_ACTIONS = ['disable', 'enable', 'delete'] as const;
/** What becomes, at their hubs, of the devices that came by an enrolment. */
export type DeviceAction = (typeof DEVICE_ACTIONS)[number];

interface DeviceRefusal {
  readonly registrationId: string;
  readonly deviceId: string;
  readonly error: HubError;
}

export interface DevicesOutcome {
  readonly changed: number;
  readonly failed: number;
  /** Of those that failed the first LIMITS.ENROLLMENT_DEVICES_TOLD_MAX. */
  readonly refused: readonly DeviceRefusal[];
}

export type ActsOnDevices = KeepsRegistrations &
  ReachesHubs &
  TellsTime & { readonly linkedHubs: Pick<LinkedHubStore, 'find'> };

const PAGE = 200;
/** Between two looks at a registration under way, ms. */
const LOOK_MS = 100;

/**
 * Disables, enables or deletes, at their hubs, all devices that came by an enrolment; disabling and deleting disconnects them. A device that
 * is deleted is forgotten here too. What fails for one device is told, and the others are done.
 *
 * Each step may be done twice: after a crash the same request goes on where it ended. The enrolment is to be disabled or removed before, so
 * that nobody comes meanwhile; a registration that is under way is waited for, and ends soon.
 *
 * @throws HubError store.unavailable (retry)
 */
export async function applyToDevices(
  provisioning: ActsOnDevices,
  enrollment: { readonly kind: EnrollmentKind; readonly id: string },
  action: DeviceAction,
): Promise<DevicesOutcome> {
  const outcome = { changed: 0, failed: 0, refused: [] as DeviceRefusal[] };
  for await (const records of pagesOf(provisioning, enrollment)) {
    await eachOf(records, async (record) => {
      const settled = await settledOne(provisioning, record);
      const places = settled === undefined ? [] : placesOf(settled);
      if (settled === undefined || places.length === 0) return;
      const refused = await applyToOne(provisioning, settled, places, { action, enrollmentId: enrollment.id });
      if (refused === undefined) outcome.changed++;
      else {
        outcome.failed++;
        if (outcome.refused.length < LIMITS.ENROLLMENT_DEVICES_TOLD_MAX) outcome.refused.push(refused);
      }
    });
  }
  return outcome;
}

async function* pagesOf(
  { registrations }: KeepsRegistrations,
  { kind, id }: { readonly kind: EnrollmentKind; readonly id: string },
): AsyncGenerator<readonly RegistrationRecord[]> {
  let after: string | undefined;
  for (;;) {
    const page = await registrations.listOf({
      kind,
      enrollmentId: id,
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.registrationId;
  }
}

/** So many at a time. */
async function eachOf<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await run(item);
  };
  await Promise.all(Array.from({ length: LIMITS.ENROLLMENT_DEVICES_ACTIVE_MAX }, worker));
}

/** As it is when it is under way no more; undefined when it is gone. */
async function settledOne(
  { registrations, clock }: ActsOnDevices,
  record: RegistrationRecord,
): Promise<RegistrationRecord | undefined> {
  const giveUpAt = clock.now() + LIMITS.ASSIGNMENT_SECONDS_MAX * 1_000;
  let latest: RegistrationRecord | undefined = record;
  while (latest?.status === 'assigning' && clock.now() < giveUpAt) {
    await wait(LOOK_MS);
    latest = await registrations.find(record.registrationId);
  }
  return latest;
}

/** Where the device is, and where an assignment that did not end may have left it. */
function placesOf({ hubName, deviceId, touched }: RegistrationRecord): readonly DevicePlace[] {
  return hubName === null || deviceId === null ? touched : [{ hubName, deviceId }, ...touched];
}

interface Order {
  readonly action: DeviceAction;
  readonly enrollmentId: string;
}

/** Undefined when all went well. */
async function applyToOne(
  provisioning: ActsOnDevices,
  { registrationId, etag }: RegistrationRecord,
  places: readonly DevicePlace[],
  order: Order,
): Promise<DeviceRefusal | undefined> {
  for (const place of places) {
    try {
      await applyAt(provisioning, place, order);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      return { registrationId, deviceId: place.deviceId, error };
    }
  }
  // Kept when the device has come anew meanwhile.
  if (order.action === 'delete') await provisioning.registrations.remove(registrationId, etag);
  return undefined;
}

async function applyAt(
  { linkedHubs, hubClient }: ActsOnDevices,
  { hubName, deviceId }: DevicePlace,
  { action, enrollmentId }: Order,
): Promise<void> {
  const hub = await linkedHubs.find(hubName);
  if (hub === undefined) throw new HubError('linkedHub.notFound', `"${hubName}" is not linked any more`);
  const signal = AbortSignal.timeout(LIMITS.LINKED_HUB_SECONDS_MAX * 1_000);
  if (action === 'delete') return hubClient(hub).remove(deviceId, signal);
  const status = action === 'enable' ? 'enabled' : 'disabled';
  return hubClient(hub).setStatus(deviceId, status, `${status} with its enrolment ${enrollmentId}`, signal);
}
