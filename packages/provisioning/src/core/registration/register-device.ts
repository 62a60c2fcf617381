import { isDeepStrictEqual } from 'node:util';
import { HubError, LIMITS } from '@viaduct/contracts';
import type { MakesRandomness } from '@viaduct/hub';
import {
  type AuthenticatedRegistration,
  type Authenticates,
  authenticateRegistration,
} from '../attestation/authenticate-registration.ts';
import { issueForDevice } from '../issuance/issue-for-device.ts';
import type {
  IssuedChain,
  IssuesCertificates,
  PendingAssignment,
  RegistrationRecord,
  RunsAssignments,
} from '../ports.ts';
import type { ThrottlesRegistrations } from '../provisioning.ts';
import { bookOutcome } from './book-outcome.ts';
import { newOperationId } from './operation-id.ts';
import { type RegistrationCaller, type RegistrationRequest, withTpm } from './register.ts';

type Registers = Authenticates & IssuesCertificates & RunsAssignments & ThrottlesRegistrations & MakesRandomness;

/** How often it is tried again when somebody else changes the same registration meanwhile. */
const ATTEMPTS_MAX = 10;
/** From this version on a device that comes again may be sent elsewhere. Source: Azure DPS, "Reprovisioning". */
const REEVALUATED_FROM = '2018-09';

/**
 * Lets a device in and begins to assign it. Resolves when that is durable: whatever happens to this process, the device ends assigned, or
 * is told why not.
 *
 * A device that asks again while it is being assigned, with the same to show and to ask for, joins what is under way. With anything else, or
 * with `forceRegistration`, it begins anew, after what is under way: of two devices that race for one registration id the last one's
 * credential is what the hub knows in the end, and both hear of it.
 *
 * @throws HubError as `authenticateRegistration`; csr.invalid, credentialPolicy.notFound, registration.limitReached (retry),
 *   enrollment.tooMany, store.unavailable (retry)
 */
export async function registerDevice(
  p: Registers,
  caller: RegistrationCaller,
  request: RegistrationRequest,
): Promise<RegistrationRecord> {
  const credential = withTpm(caller, request);
  const known = await authenticateRegistration(p, { ...caller, credential });
  p.registrationThrottle.takeRegistration();
  if (known.enrollment.status === 'disabled') return sayDisabled(p, caller, known);
  if (known.proof.kind === 'tpm' && known.proof.storageRootKey === null) {
    throw new HubError(
      'tpm.storageRootKeyInvalid',
      'the request names no storage root key, for which the hub key is wrapped',
    );
  }
  p.assignments.requireRoom();
  const issued = request.csr === undefined ? null : await issue(p, known, request.csr);
  const pending = pendingOf(p, caller, request, known, issued);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = await p.registrations.find(known.registrationId);
    if (before?.pending && request.forceRegistration !== true && asksForTheSame(before.pending, pending)) {
      // Once more, for what could not be read or written before may be well again.
      p.assignments.begin(before.registrationId);
      return before;
    }
    if (before === undefined) await requireRoom(p);
    const record: RegistrationRecord = { ...begun(p, known, before), status: 'assigning', pending };
    if (!(await p.registrations.save(record, before?.etag))) continue;
    p.assignments.begin(record.registrationId);
    return record;
  }
  throw tooBusy(known);
}

/** What a registration is when a device begins it: where the device was stays known. */
function begun(
  p: Registers,
  { registrationId, enrollment }: AuthenticatedRegistration,
  before: RegistrationRecord | undefined,
): RegistrationRecord {
  const now = p.clock.now();
  return {
    registrationId: before?.registrationId ?? registrationId,
    enrollmentKind: enrollment.kind,
    enrollmentId: enrollment.id,
    status: 'unassigned',
    substatus: before?.substatus ?? null,
    operationId: newOperationId(p, registrationId),
    pending: null,
    hubName: before?.hubName ?? null,
    assignedHub: before?.assignedHub ?? null,
    deviceId: before?.deviceId ?? null,
    touched: before?.touched ?? [],
    refusal: null,
    certificate: null,
    signer: null,
    issuedCertificateChain: null,
    tpmAuthenticationKey: null,
    createdTime: before?.createdTime ?? now,
    updatedTime: now,
    etag: newEtag(p),
  };
}

export function newEtag({ random }: MakesRandomness): string {
  return random.bytes(8).toString('hex');
}

function pendingOf(
  p: Registers,
  { transport, remoteAddress, reachedBy, apiVersion }: RegistrationCaller,
  { payload, csr }: RegistrationRequest,
  { proof }: AuthenticatedRegistration,
  issued: IssuedChain | null,
): PendingAssignment {
  return {
    proof,
    ...(payload === undefined ? {} : { payload }),
    ...(csr === undefined ? {} : { csr }),
    issued,
    reachedBy,
    isReevaluated: apiVersion === null || apiVersion >= REEVALUATED_FROM,
    transport,
    remoteAddress,
    startedTime: p.clock.now(),
  };
}

/** What was issued differs each time, and is as good. */
function asksForTheSame(before: PendingAssignment, now: PendingAssignment): boolean {
  return (
    isDeepStrictEqual(before.proof, now.proof) &&
    isDeepStrictEqual(before.payload, now.payload) &&
    before.csr === now.csr &&
    before.reachedBy === now.reachedBy
  );
}

/** At once, and not while the device is being assigned: what is wrong with a request is told to who sent it. */
async function issue(p: Registers, { registrationId, enrollment }: AuthenticatedRegistration, csr: string) {
  const before = await p.registrations.find(registrationId);
  const deviceId = enrollment.deviceId ?? before?.deviceId ?? before?.registrationId ?? registrationId;
  return issueForDevice(p, { enrollment, registrationId, deviceId, csr });
}

async function requireRoom(p: Registers): Promise<void> {
  if ((await p.registrations.count()) < LIMITS.ENROLLMENTS_MAX) return;
  throw new HubError('enrollment.tooMany', `there are ${LIMITS.ENROLLMENTS_MAX} registrations already`);
}

async function sayDisabled(
  p: Registers,
  caller: RegistrationCaller,
  known: AuthenticatedRegistration,
): Promise<RegistrationRecord> {
  const { kind, id } = known.enrollment;
  const what = kind === 'individual' ? 'individual enrolment' : 'enrolment group';
  const refusal = { code: 'enrollment.disabled', message: `the ${what} "${id}" is disabled` } as const;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = await p.registrations.find(known.registrationId);
    const record: RegistrationRecord = { ...begun(p, known, before), status: 'disabled', refusal };
    if (!(await p.registrations.save(record, before?.etag))) continue;
    bookOutcome(p, record, { ...caller, proof: known.proof, startedTime: p.clock.now() });
    return record;
  }
  throw tooBusy(known);
}

function tooBusy({ registrationId }: AuthenticatedRegistration): HubError {
  return new HubError('store.unavailable', `the registration "${registrationId}" is being changed too often at once`);
}
