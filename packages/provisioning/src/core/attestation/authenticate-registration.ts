import { asHubError, HubError, parseSas, type SasToken } from '@viaduct/contracts';
import type { KnowsAuthorities, TellsTime } from '@viaduct/hub';
import type { EnrollmentRecord, KeepsEnrollments, KeepsRegistrations, KeepsSettings, Proof } from '../ports.ts';
import type { BooksAttempts } from '../provisioning.ts';
import type { RegistrationCaller } from '../registration/register.ts';
import { requireRegistrationId } from '../registration/registration-id.ts';
import { decideTpmToken } from '../tpm/decide-tpm-token.ts';
import { decideGroupCertificate, decideIndividualCertificate } from './decide-certificate.ts';
import { decideIndividualToken, findGroupKeys } from './decide-token.ts';
import { requireRegistrationToken } from './registration-token.ts';

/** A device that proved to be of an enrolment, whether or not that is enabled. */
export interface AuthenticatedRegistration {
  /** As it was sent. */
  readonly registrationId: string;
  readonly enrollment: EnrollmentRecord;
  readonly proof: Proof;
  /** When its credential runs out, ms since 1970. */
  readonly expiresAt: number;
}

export type Authenticates = KeepsSettings &
  KeepsEnrollments &
  KeepsRegistrations &
  KnowsAuthorities &
  TellsTime &
  BooksAttempts;

/**
 * Finds the enrolment that a device belongs to: the individual one of its registration id, else the group that its credential is of. A
 * disabled enrolment is found too: that device is who it says it is, and is told so when it registers.
 *
 * @throws HubError registration.idInvalid, provisioning.scopeUnknown, enrollment.notFound, credential.*; booked as an attempt
 */
export async function authenticateRegistration(
  p: Authenticates,
  caller: RegistrationCaller,
): Promise<AuthenticatedRegistration> {
  let individual: EnrollmentRecord | undefined;
  try {
    const registrationId = requireRegistrationId(caller.registrationId);
    await requireScope(p, caller.idScope);
    individual = await p.enrollments.find('individual', registrationId);
    const found = individual ? await authenticateIndividual(p, caller, individual) : await authenticateGroup(p, caller);
    return { registrationId, ...found };
  } catch (thrown) {
    bookRefusal(p, caller, individual, thrown);
    throw thrown;
  }
}

type Found = Omit<AuthenticatedRegistration, 'registrationId'>;

export async function requireScope(p: KeepsSettings, idScope: string): Promise<void> {
  const settings = await p.settings.get();
  if (settings.idScope.toLowerCase() === idScope.toLowerCase()) return;
  throw new HubError('provisioning.scopeUnknown', `the id scope is not "${idScope.slice(0, 80)}"`);
}

async function authenticateIndividual(
  p: Authenticates,
  caller: RegistrationCaller,
  enrollment: EnrollmentRecord,
): Promise<Found> {
  const { token, certificate } = caller.credential;
  const now = p.clock.now();
  if (token) {
    const sas = registrationToken(caller, token, now);
    const proof =
      enrollment.attestation.kind === 'tpm'
        ? decideTpmToken(p, enrollment, caller.registrationId, caller.credential.tpm, sas)
        : decideIndividualToken(enrollment, sas);
    return { enrollment, proof, expiresAt: sas.expiresAtSeconds * 1_000 };
  }
  if (certificate === undefined) throw missing(caller);
  const proof = decideIndividualCertificate(enrollment, certificate, now);
  return { enrollment, proof, expiresAt: proof.certificate.notAfter };
}

async function authenticateGroup(p: Authenticates, caller: RegistrationCaller): Promise<Found> {
  const { token, certificate } = caller.credential;
  if (token) return authenticateGroupToken(p, caller, registrationToken(caller, token, p.clock.now()));
  if (certificate === undefined) throw missing(caller);
  const groups = (await p.enrollments.groups()).filter(
    ({ attestation: { kind } }) => kind === 'signingCertificates' || kind === 'caReferences',
  );
  if (groups.length === 0) throw nobody(caller, 'certificates');
  const { group, proof, expiresAt, intermediates } = decideGroupCertificate({
    registrationId: caller.registrationId,
    // What a device sent is all that counts for it; what others sent only fills the gap that a resumed TLS session leaves. So strangers,
    // who may send what they like here, leave nothing behind.
    certificate: certificate.intermediates.length > 0 ? certificate : p.authorities.completed(certificate),
    groups,
    authorities: await p.authorities.authorities(),
    now: p.clock.now(),
  });
  p.authorities.remember(intermediates);
  return { enrollment: group, proof, expiresAt };
}

/** Groups that are tried in one turn of the event loop: some 2 ms. */
const GROUPS_AT_ONCE = 64;

async function authenticateGroupToken(p: Authenticates, caller: RegistrationCaller, sas: SasToken): Promise<Found> {
  const groups = (await p.enrollments.groups()).filter(({ attestation }) => attestation.kind === 'symmetricKey');
  if (groups.length === 0) throw nobody(caller, 'keys');
  const expiresAt = sas.expiresAtSeconds * 1_000;
  const before = await p.registrations.find(caller.registrationId);
  const inOrder = likelyFirst(groups, [
    before?.enrollmentKind === 'group' ? before.enrollmentId : undefined,
    LAST_GROUP.get(p.enrollments),
  ]);
  for (const [index, enrollment] of inOrder.entries()) {
    const proof = findGroupKeys(enrollment, caller.registrationId, sas);
    if (proof !== undefined) {
      LAST_GROUP.set(p.enrollments, enrollment.id);
      return { enrollment, proof, expiresAt };
    }
    // A stranger has them all tried: others have their turn in between.
    if (index % GROUPS_AT_ONCE === GROUPS_AT_ONCE - 1) await new Promise(setImmediate);
  }
  throw new HubError(
    'credential.signatureMismatch',
    `there is no individual enrolment "${caller.registrationId}", and no group has a key that fits its token (${groups.length} tried)`,
  );
}

/** The group of whoever came in last: devices of one group come together. */
const LAST_GROUP = new WeakMap<object, string>();

/** Whose device it was the last time, and who had one just now: then one or two groups are tried, not a thousand. */
function likelyFirst(
  groups: readonly EnrollmentRecord[],
  ids: readonly (string | undefined)[],
): readonly EnrollmentRecord[] {
  const likely = groups.filter(({ id }) => ids.includes(id)).sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  return likely.length === 0 ? groups : [...likely, ...groups.filter((group) => !likely.includes(group))];
}

function registrationToken({ idScope, registrationId }: RegistrationCaller, text: string, now: number): SasToken {
  const token = parseSas(text);
  requireRegistrationToken(token, { idScope, registrationId, now });
  return token;
}

function missing({ registrationId }: RegistrationCaller): HubError {
  return new HubError('credential.missing', `"${registrationId}" sent neither a token nor a client certificate`);
}

function nobody({ registrationId }: RegistrationCaller, what: 'keys' | 'certificates'): HubError {
  return new HubError(
    'enrollment.notFound',
    `there is no individual enrolment "${registrationId}", and no group of ${what}`,
  );
}

export function bookRefusal(
  p: BooksAttempts,
  caller: Pick<RegistrationCaller, 'registrationId' | 'credential' | 'transport' | 'remoteAddress'>,
  individual: EnrollmentRecord | undefined,
  thrown: unknown,
): void {
  const { code, message } = asHubError(thrown);
  p.attempts.record({
    registrationId: caller.registrationId,
    enrollmentKind: individual?.kind ?? null,
    enrollmentId: individual?.id ?? null,
    credential: credentialKind(caller),
    transport: caller.transport,
    remoteAddress: caller.remoteAddress,
    outcome: 'refused',
    substatus: null,
    assignedHub: null,
    deviceId: null,
    code,
    message,
    durationMs: null,
  });
}

function credentialKind({
  credential,
}: Pick<RegistrationCaller, 'credential'>): 'symmetricKey' | 'x509' | 'tpm' | 'none' {
  const { token, certificate, tpm } = credential;
  if (tpm !== undefined) return 'tpm';
  if (token) return 'symmetricKey';
  return certificate === undefined ? 'none' : 'x509';
}
