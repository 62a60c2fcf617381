import {
  type Attestation,
  type CertificatePair,
  type Enrollment,
  idOf,
  type RegistrationState,
} from './enrollments.ts';
import { facts, table } from './output.ts';

/** `attestation`: with keys, where they were asked for. */
export function enrollmentFacts(enrollment: Enrollment, attestation: Attestation = enrollment.attestation): string {
  const { initialTwin = {}, registrationState: state } = enrollment;
  return facts([
    [enrollment.enrollmentGroupId === undefined ? 'registration id' : 'group', idOf(enrollment)],
    ['status', enrollment.provisioningStatus],
    ['proof', proofText(attestation)],
    ['primary key', attestation.symmetricKey?.primaryKey || undefined],
    ['secondary key', attestation.symmetricKey?.secondaryKey || undefined],
    ...certificateRows(attestation),
    ['endorsement key', attestation.tpm?.endorsementKey],
    ['storage root key', attestation.tpm?.storageRootKey || undefined],
    ['device id', enrollment.deviceId],
    ['hubs', hubsText(enrollment)],
    ['webhook', enrollment.customAllocationDefinition?.webhookUrl],
    ['when it comes back', reprovisionText(enrollment)],
    ['IoT Edge', enrollment.capabilities?.iotEdge ? 'yes' : undefined],
    ['tags', objectText(initialTwin.tags)],
    ['desired', objectText(initialTwin.properties?.desired)],
    ['issues certificates', enrollment.credentialPolicyName && `by ${enrollment.credentialPolicyName}`],
    ['registration', state && registrationText(state)],
    ['created', enrollment.createdDateTimeUtc],
    ['updated', enrollment.lastUpdatedDateTimeUtc],
  ]);
}

export function enrollmentTable(enrollments: readonly Enrollment[]): string {
  if (enrollments.length === 0) return 'No enrolments yet. `viaduct enrollment add ID --group` makes a group.\n';
  const rows = enrollments.map((enrollment) => [
    idOf(enrollment),
    enrollment.enrollmentGroupId === undefined ? 'device' : 'group',
    enrollment.provisioningStatus,
    proofText(enrollment.attestation),
    hubsText(enrollment) ?? '',
  ]);
  return table(['ENROLMENT', 'OF A', 'STATUS', 'PROOF', 'HUBS'], rows);
}

export function registrationTable(registrations: readonly RegistrationState[]): string {
  if (registrations.length === 0)
    return 'No device came through it yet; `viaduct provision attempts` tells who tried.\n';
  const rows = registrations.map((state) => [
    state.registrationId,
    state.status,
    state.deviceId ?? '',
    state.assignedHub ?? '',
    state.lastUpdatedDateTimeUtc ?? '',
    state.errorMessage ?? state.substatus ?? '',
  ]);
  return table(['REGISTRATION', 'STATUS', 'DEVICE', 'HUB', 'UPDATED', 'WHY'], rows);
}

function registrationText({ status, substatus, deviceId, assignedHub, errorMessage }: RegistrationState): string {
  if (assignedHub === undefined) return [status, errorMessage].filter(Boolean).join(': ');
  return `${status}, ${deviceId} at ${assignedHub}${substatus ? ` (${substatus})` : ''}`;
}

function proofText({ type, x509 }: Attestation): string {
  if (type === 'symmetricKey') return 'symmetric key';
  if (type === 'tpm') return 'TPM';
  if (x509?.clientCertificates) return 'own certificate';
  return x509?.caReferences ? `certificate by ${x509.caReferences.primary}` : 'certificate by a signer';
}

function certificateRows({ x509 }: Attestation): readonly (readonly [string, string | undefined])[] {
  const pair: CertificatePair = x509?.clientCertificates ?? x509?.signingCertificates ?? {};
  const text = (which: keyof CertificatePair) => {
    const info = pair[which]?.info;
    return info && `${info.subjectName}, until ${info.notAfterUtc}, SHA-256 ${info.sha256Thumbprint}`;
  };
  return [
    ['certificate', text('primary')],
    ['second certificate', text('secondary')],
  ];
}

function hubsText({ allocationPolicy, iotHubs = [] }: Enrollment): string | undefined {
  const which = iotHubs.length === 0 ? undefined : iotHubs.join(', ');
  if (allocationPolicy === undefined) return which;
  return which === undefined ? allocationPolicy : `${allocationPolicy}: ${which}`;
}

function reprovisionText({ reprovisionPolicy }: Enrollment): string | undefined {
  if (reprovisionPolicy === undefined) return undefined;
  const { updateHubAssignment, migrateDeviceData } = reprovisionPolicy;
  if (!updateHubAssignment) return 'it keeps its hub';
  return migrateDeviceData ? 'it may move, its twin with it' : 'it may move, and begins with the initial twin';
}

function objectText(object: object | undefined): string | undefined {
  return object === undefined || Object.keys(object).length === 0 ? undefined : JSON.stringify(object);
}
