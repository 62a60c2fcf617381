import { HubError, LIMITS } from '@viaduct/contracts';
import type { RestClient } from './rest-client.ts';

export type EnrollmentKind = 'individual' | 'group';

/** An enrolment as the provisioning service gives it; only what these commands read. */
export interface Enrollment {
  readonly registrationId?: string;
  readonly enrollmentGroupId?: string;
  readonly deviceId?: string;
  readonly attestation: Attestation;
  readonly capabilities?: { readonly iotEdge?: boolean };
  readonly initialTwin?: { readonly tags?: object; readonly properties?: { readonly desired?: object } };
  readonly provisioningStatus: 'enabled' | 'disabled';
  readonly reprovisionPolicy?: { readonly updateHubAssignment: boolean; readonly migrateDeviceData: boolean };
  readonly allocationPolicy?: string;
  readonly iotHubs?: readonly string[];
  readonly customAllocationDefinition?: { readonly webhookUrl: string; readonly apiVersion: string };
  readonly credentialPolicyName?: string;
  readonly registrationState?: RegistrationState;
  readonly createdDateTimeUtc: string;
  readonly lastUpdatedDateTimeUtc: string;
  readonly etag: string;
}

/** What a device must prove. */
export interface Attestation {
  readonly type: 'symmetricKey' | 'x509' | 'tpm';
  readonly symmetricKey?: { readonly primaryKey?: string; readonly secondaryKey?: string };
  readonly x509?: {
    readonly clientCertificates?: CertificatePair;
    readonly signingCertificates?: CertificatePair;
    readonly caReferences?: { readonly primary?: string; readonly secondary?: string };
  };
  readonly tpm?: { readonly endorsementKey?: string; readonly storageRootKey?: string };
}

export interface CertificatePair {
  readonly primary?: Certificate;
  readonly secondary?: Certificate;
}

interface Certificate {
  /** PEM, or base64 of DER: only sent. */
  readonly certificate?: string;
  readonly info?: { readonly subjectName: string; readonly sha256Thumbprint: string; readonly notAfterUtc: string };
}

/** Where a device was sent, or why not. */
export interface RegistrationState {
  readonly registrationId: string;
  readonly status: string;
  readonly substatus?: string;
  readonly assignedHub?: string;
  readonly deviceId?: string;
  readonly errorCode?: number;
  readonly errorMessage?: string;
  readonly createdDateTimeUtc?: string;
  readonly lastUpdatedDateTimeUtc?: string;
  readonly etag?: string;
}

/** What happens at once to the devices that came through an enrolment. */
export type EnrollmentDevices = 'enable' | 'disable' | 'delete';

/** @throws HubError enrollment.exists, enrollmentGroup.exists, enrollment.invalid, registration.idInvalid */
export async function addEnrollment(
  rest: RestClient,
  kind: EnrollmentKind,
  id: string,
  enrollment: object,
): Promise<Enrollment> {
  const body = { [ID_MEMBER[kind]]: id, ...enrollment };
  return (await rest.send({ method: 'PUT', path: enrollmentPath(kind, id), body })) as Enrollment;
}

/** @throws HubError enrollment.notFound, enrollmentGroup.notFound */
export async function getEnrollment(rest: RestClient, kind: EnrollmentKind, id: string): Promise<Enrollment> {
  const path = enrollmentPath(kind, id);
  return (await sendToEnrollment(rest, kind, id, { method: 'GET', path })) as Enrollment;
}

/** People leave `--group` out: where nothing is found, they hear whether there is a group of that id. */
async function sendToEnrollment(
  rest: RestClient,
  kind: EnrollmentKind,
  id: string,
  call: Parameters<RestClient['send']>[0],
): Promise<unknown> {
  try {
    return await rest.send(call);
  } catch (thrown) {
    const isMissing = thrown instanceof HubError && thrown.code === 'enrollment.notFound';
    if (kind === 'group' || !isMissing || !(await isGroup(rest, id))) throw thrown;
    throw new HubError('enrollment.notFound', `there is no individual enrolment "${id}", but a group: add --group`);
  }
}

async function isGroup(rest: RestClient, id: string): Promise<boolean> {
  try {
    await rest.send({ method: 'GET', path: enrollmentPath('group', id) });
    return true;
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'enrollmentGroup.notFound') return false;
    throw thrown;
  }
}

/** With its keys, which `getEnrollment` leaves out. @throws HubError enrollment.notFound, enrollmentGroup.notFound */
export async function getAttestation(rest: RestClient, kind: EnrollmentKind, id: string): Promise<Attestation> {
  const path = `${enrollmentPath(kind, id)}/attestationmechanism`;
  return (await rest.send({ method: 'POST', path })) as Attestation;
}

/**
 * Changes what is named and nothing else, only while the enrolment is as it was read.
 *
 * @throws HubError as `getEnrollment` and `addEnrollment`, etag.mismatch
 */
export async function changeEnrollment(
  rest: RestClient,
  { kind, id }: { readonly kind: EnrollmentKind; readonly id: string },
  change: object,
  devices?: EnrollmentDevices,
): Promise<Enrollment> {
  const { registrationState: _, ...current } = await getEnrollment(rest, kind, id);
  return (await rest.send({
    method: 'PUT',
    path: enrollmentPath(kind, id),
    body: { ...current, ...change },
    ifMatch: bareEtag(current.etag),
    ...(devices === undefined ? {} : { query: { devices } }),
  })) as Enrollment;
}

/** Whatever version there is. @throws HubError enrollment.notFound, enrollmentGroup.notFound */
export async function removeEnrollment(
  rest: RestClient,
  kind: EnrollmentKind,
  id: string,
  devices?: EnrollmentDevices,
): Promise<void> {
  const query = devices === undefined ? {} : { devices };
  const path = enrollmentPath(kind, id);
  await sendToEnrollment(rest, kind, id, { method: 'DELETE', path, anyVersion: true, query });
}

/** At most `top`, by a query of the service's language. @throws HubError argument.invalid */
export function queryEnrollments(
  rest: RestClient,
  kind: EnrollmentKind,
  query: string,
  top: number,
): Promise<readonly Enrollment[]> {
  return pages<Enrollment>(rest, `/${COLLECTION[kind]}/query`, { query }, top);
}

export function listEnrollments(rest: RestClient, kind: EnrollmentKind, top: number): Promise<readonly Enrollment[]> {
  return queryEnrollments(rest, kind, `SELECT * FROM ${COLLECTION[kind]}`, top);
}

/** Devices that came through a group. @throws HubError enrollmentGroup.notFound */
export function listRegistrations(
  rest: RestClient,
  groupId: string,
  top: number,
): Promise<readonly RegistrationState[]> {
  return pages<RegistrationState>(rest, `/registrations/${encodeURIComponent(groupId)}/query`, undefined, top);
}

/** @throws HubError registration.notFound */
export async function getRegistration(rest: RestClient, registrationId: string): Promise<RegistrationState> {
  const path = `/registrations/${encodeURIComponent(registrationId)}`;
  return (await rest.send({ method: 'GET', path })) as RegistrationState;
}

/** @throws HubError registration.notFound */
export async function removeRegistration(rest: RestClient, registrationId: string): Promise<void> {
  await rest.send({ method: 'DELETE', path: `/registrations/${encodeURIComponent(registrationId)}`, anyVersion: true });
}

export function idOf({ registrationId, enrollmentGroupId }: Enrollment): string {
  return enrollmentGroupId ?? registrationId ?? '';
}

const COLLECTION = { individual: 'enrollments', group: 'enrollmentGroups' } as const;
const ID_MEMBER = { individual: 'registrationId', group: 'enrollmentGroupId' } as const;

function enrollmentPath(kind: EnrollmentKind, id: string): string {
  return `/${COLLECTION[kind]}/${encodeURIComponent(id)}`;
}

/** In documents the etag has its own quotes; the header adds them. */
function bareEtag(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1');
}

async function pages<T>(rest: RestClient, path: string, body: unknown, top: number): Promise<readonly T[]> {
  const found: T[] = [];
  let continuation: string | undefined;
  do {
    const { value, headers } = await rest.exchange({
      method: 'POST',
      path,
      ...(body === undefined ? {} : { body }),
      headers: {
        'x-ms-max-item-count': String(Math.min(top - found.length, LIMITS.ENROLLMENTS_PAGE_MAX)),
        ...(continuation === undefined ? {} : { 'x-ms-continuation': continuation }),
      },
    });
    found.push(...(value as T[]));
    continuation = headers['x-ms-continuation']?.toString();
  } while (continuation !== undefined && found.length < top);
  return found;
}
