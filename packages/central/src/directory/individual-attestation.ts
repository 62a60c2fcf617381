import { X509Certificate } from 'node:crypto';
import { HubError, type JsonObject } from '@viaduct/contracts';
import { type DeviceInput, getDevice, updateDevice } from '@viaduct/hub';
import { type EnrollmentRecord, putEnrollment, removeEnrollment } from '@viaduct/provisioning';
import type { Central } from '../central.ts';
import { ownDeviceKeys } from './own-enrollment-group.ts';

type Parts = Pick<Central, 'hub' | 'provisioning'>;
type OwnAttestation = EnrollmentRecord['attestation'];

/** The attestation of a device's own, as REST has it; undefined while its group's counts. */
export async function findAttestation({ provisioning }: Parts, deviceId: string): Promise<JsonObject | undefined> {
  const found = await provisioning.enrollments.find('individual', deviceId);
  return found === undefined ? undefined : attestationJson(found.attestation);
}

/**
 * Gives a device an attestation of its own: an individual enrolment, and at the hub what goes with it, so that one that never registers can
 * connect, too.
 *
 * @throws HubError device.notFound, enrollment.invalid, argument.invalid: a certificate that cannot be read
 */
export async function putAttestation(parts: Parts, deviceId: string, attestation: JsonObject): Promise<JsonObject> {
  const { hub, provisioning } = parts;
  const { capabilities } = await getDevice(hub, { deviceId });
  const isThere = (await provisioning.enrollments.find('individual', deviceId)) !== undefined;
  const { iotEdge } = capabilities;
  const document = {
    registrationId: deviceId,
    deviceId,
    capabilities: { iotEdge },
    attestation: withoutInfo(attestation),
  };
  const made = await putEnrollment(provisioning, 'individual', deviceId, document, isThere ? '*' : undefined);
  const authentication = authenticationOf(made.attestation);
  if (authentication !== undefined) await updateDevice(hub, { deviceId }, { authentication });
  return attestationJson(made.attestation);
}

/** The group's counts again. @throws HubError enrollment.notFound, device.notFound */
export async function removeAttestation({ hub, provisioning }: Parts, deviceId: string): Promise<void> {
  await removeEnrollment(provisioning, 'individual', deviceId);
  const symmetricKey = await ownDeviceKeys(provisioning, deviceId);
  await updateDevice(hub, { deviceId }, { authentication: { type: 'sas', symmetricKey } });
}

function attestationJson(attestation: OwnAttestation): JsonObject {
  switch (attestation.kind) {
    case 'symmetricKey': {
      const { primaryKey, secondaryKey } = attestation;
      return { type: 'symmetricKey', symmetricKey: { primaryKey, secondaryKey } };
    }
    case 'tpm':
      return { type: 'tpm', tpm: { endorsementKey: attestation.endorsementKey } };
    case 'clientCertificates': {
      const { primary, secondary } = attestation;
      const clientCertificates = {
        primary: certificateJson(primary),
        ...(secondary === null ? {} : { secondary: certificateJson(secondary) }),
      };
      return { type: 'x509', x509: { clientCertificates } };
    }
    // Only groups have these.
    case 'signingCertificates':
    case 'caReferences':
      return { type: 'x509', x509: {} };
    default:
      return attestation satisfies never;
  }
}

function certificateJson(pem: string): JsonObject {
  return { certificate: pem, info: { sha1Thumbprint: thumbprintOf(pem) } };
}

/** What the hub asks of the device meanwhile; a TPM proves nothing to a hub before it registered. */
function authenticationOf(attestation: OwnAttestation): DeviceInput['authentication'] {
  switch (attestation.kind) {
    case 'symmetricKey': {
      const { primaryKey, secondaryKey } = attestation;
      return { type: 'sas', symmetricKey: { primaryKey, secondaryKey } };
    }
    case 'clientCertificates': {
      const { primary, secondary } = attestation;
      const x509Thumbprint = {
        primaryThumbprint: thumbprintOf(primary),
        secondaryThumbprint: secondary === null ? null : thumbprintOf(secondary),
      };
      return { type: 'selfSigned', x509Thumbprint };
    }
    default:
      return undefined;
  }
}

function thumbprintOf(pem: string): string {
  try {
    return new X509Certificate(pem).fingerprint.replaceAll(':', '');
  } catch (cause) {
    throw new HubError('argument.invalid', 'a certificate is PEM, or the base64 of one', { cause });
  }
}

/** What was read comes back with facts that mean nothing here. */
function withoutInfo(attestation: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(attestation), (name, value) => (name === 'info' ? undefined : value)) as JsonObject;
}
