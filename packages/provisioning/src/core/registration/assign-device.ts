import { HubError } from '@viaduct/contracts';
import type { MakesRandomness, TellsTime } from '@viaduct/hub';
import { type Allocates, type Allocation, allocateHub } from '../allocation/allocate-hub.ts';
import type {
  DevicePlace,
  EnrollmentRecord,
  FoundDevice,
  KeepsEnrollments,
  KeepsRegistrations,
  LinkedHubRecord,
  PendingAssignment,
  ReachesHubs,
  RegistrationRecord,
  RegistrationSubstatus,
} from '../ports.ts';
import { assignedName } from './assigned-name.ts';
import { decideMove, type Move, mustStay, samePlace } from './decide-move.ts';
import { hubCredential } from './hub-authentication.ts';
import { newEtag } from './register-device.ts';
import { wrapTpmKey } from './wrap-tpm-key.ts';

export type Assigns = Allocates & KeepsEnrollments & KeepsRegistrations & ReachesHubs & TellsTime & MakesRandomness;

/**
 * Brings a device to its hub. Resolves with the registration as it is to be saved; undefined when somebody changed it meanwhile.
 *
 *     choose the hub ─► note it ─► take the twin from where the device is ─► make the device ─► remove it elsewhere ─► (saved by the caller)
 *
 * Invariants
 *  1. Each step is done again after a crash, and then changes nothing: the device is found, and only its credentials are renewed.
 *  2. A hub is noted, durably, before it is asked to make the device. So wherever an assignment that did not end may have left one, the next
 *     one finds and removes it, though it may choose another hub: in the end the device is at exactly one.
 *  3. The device is removed elsewhere only after it is at its new hub with its twin: at no time it is at none.
 *
 * @throws HubError enrollment.notFound, enrollment.disabled, registration.hubMissing, allocation.*, linkedHub.*, and what a hub refuses
 */
export async function assignDevice(
  p: Assigns,
  record: RegistrationRecord,
  pending: PendingAssignment,
  signal: AbortSignal,
): Promise<RegistrationRecord | undefined> {
  const enrollment = await enabledEnrollment(p, record);
  const plan = await makePlan(p, { record, pending, enrollment, signal });
  const noted = await note(p, record, plan.target);
  if (noted === undefined) return undefined;
  const others = await linkedPlaces(p, placesOf(noted), plan.target);
  const moved = plan.move === 'migrate' ? await findFirst(p, others, signal) : undefined;
  const { authentication, tpmKey } = hubCredential(p, plan.allocation.hub, pending);
  const device = moved ?? newDevice(enrollment, plan.allocation);
  const { deviceId } = plan.target;
  const made = await p.hubClient(plan.allocation.hub).createOrRefresh(deviceId, { ...device, authentication }, signal);
  for (const { hub, place } of others) await p.hubClient(hub).remove(place.deviceId, signal);
  return {
    ...noted,
    status: 'assigned',
    substatus: substatusOf(plan.move, made, moved !== undefined),
    pending: null,
    hubName: plan.target.hubName,
    assignedHub: assignedName(p, plan.allocation.hub, pending.reachedBy),
    deviceId,
    touched: [],
    ...(plan.allocation.payload === undefined ? {} : { payload: plan.allocation.payload }),
    ...certificateOf(pending),
    issuedCertificateChain: pending.issued?.chain ?? null,
    tpmAuthenticationKey: wrapTpmKey(p, pending.proof, tpmKey),
    updatedTime: p.clock.now(),
    etag: newEtag(p),
  };
}

async function enabledEnrollment(p: Assigns, record: RegistrationRecord): Promise<EnrollmentRecord> {
  const { enrollmentKind, enrollmentId } = record;
  const enrollment = await p.enrollments.find(enrollmentKind, enrollmentId);
  if (enrollment === undefined) {
    throw new HubError('enrollment.notFound', `the enrolment "${enrollmentId}" was removed meanwhile`);
  }
  if (enrollment.status === 'enabled') return enrollment;
  throw new HubError('enrollment.disabled', `the enrolment "${enrollmentId}" was disabled meanwhile`);
}

interface Question {
  readonly record: RegistrationRecord;
  readonly pending: PendingAssignment;
  readonly enrollment: EnrollmentRecord;
  readonly signal: AbortSignal;
}

interface Plan {
  readonly allocation: Allocation;
  readonly target: DevicePlace;
  readonly move: Move;
}

async function makePlan(p: Assigns, question: Question): Promise<Plan> {
  const { record, pending, enrollment } = question;
  const { reprovisionPolicy: policy } = enrollment;
  const current = placeOf(record);
  const linked = current === null ? undefined : await p.linkedHubs.find(current.hubName);
  const stays = linked !== undefined && mustStay({ isHubLinked: true, policy, isReevaluated: pending.isReevaluated });
  const allocation: Allocation = stays ? { hub: linked } : await allocateHub(p, question);
  const target: DevicePlace = {
    hubName: allocation.hub.hostName,
    deviceId: enrollment.deviceId ?? record.deviceId ?? record.registrationId,
  };
  const move = decideMove({ current, target, policy, isCurrentLinked: linked !== undefined });
  // A twin that the webhook asks for takes the place of the one that would move.
  return { allocation, target, move: move === 'migrate' && allocation.initialTwin !== undefined ? 'reset' : move };
}

function placeOf({ hubName, deviceId }: RegistrationRecord): DevicePlace | null {
  return hubName === null || deviceId === null ? null : { hubName, deviceId };
}

function placesOf(record: RegistrationRecord): readonly DevicePlace[] {
  const current = placeOf(record);
  return current === null ? record.touched : [current, ...record.touched];
}

/** The registration with the place noted; undefined when somebody changed it meanwhile. */
async function note(
  p: Assigns,
  record: RegistrationRecord,
  target: DevicePlace,
): Promise<RegistrationRecord | undefined> {
  if (placesOf(record).some((place) => samePlace(place, target))) return record;
  const noted = { ...record, touched: [...record.touched, target], updatedTime: p.clock.now(), etag: newEtag(p) };
  return (await p.registrations.save(noted, record.etag)) ? noted : undefined;
}

interface LinkedPlace {
  readonly hub: LinkedHubRecord;
  readonly place: DevicePlace;
}

/** Where the device may be and should not be. A hub that is not linked any more cannot be asked: its operator has the say there. */
async function linkedPlaces(
  p: Assigns,
  places: readonly DevicePlace[],
  target: DevicePlace,
): Promise<readonly LinkedPlace[]> {
  const others = places.filter((place) => !samePlace(place, target));
  const found = await Promise.all(
    others.map(async (place) => ({ place, hub: await p.linkedHubs.find(place.hubName) })),
  );
  return found.filter((one): one is LinkedPlace => one.hub !== undefined);
}

async function findFirst(
  p: Assigns,
  places: readonly LinkedPlace[],
  signal: AbortSignal,
): Promise<FoundDevice | undefined> {
  for (const { hub, place } of places) {
    const found = await p.hubClient(hub).find(place.deviceId, signal);
    if (found !== undefined) return found;
  }
  return undefined;
}

function newDevice({ capabilities, initialTwin }: EnrollmentRecord, allocation: Allocation): FoundDevice {
  return { status: 'enabled', capabilities, twin: allocation.initialTwin ?? initialTwin };
}

/** A twin that was not found where it should be moved from was moved before a crash, if the device is at its new hub; else it is lost. */
function substatusOf(move: Move, made: 'created' | 'refreshed', wasFound: boolean): RegistrationSubstatus {
  switch (move) {
    case 'initial':
      return 'initialAssignment';
    case 'stay':
      // Somebody removed it at the hub: it began anew.
      return made === 'created' ? 'initialAssignment' : 'reprovisionedToInitialAssignment';
    case 'migrate':
      return wasFound || made === 'refreshed' ? 'deviceDataMigrated' : 'deviceDataReset';
    case 'reset':
      return 'deviceDataReset';
    default:
      return move satisfies never;
  }
}

function certificateOf({ proof }: PendingAssignment): Pick<RegistrationRecord, 'certificate' | 'signer'> {
  return proof.kind === 'x509'
    ? { certificate: proof.certificate, signer: proof.signer }
    : { certificate: null, signer: null };
}
