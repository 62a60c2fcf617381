import { X509Certificate } from 'node:crypto';
import { isoTime, type JsonObject } from '@viaduct/hub';
import { certificateDocument } from '../attestation/certificate-document.ts';
import { certificateFacts } from '../attestation/certificate-facts.ts';
import type { Attestation, EnrollmentRecord } from '../ports.ts';
import { ID_MEMBERS } from './read-enrollment.ts';

/**
 * An enrolment as back ends read it: IndividualEnrollment or EnrollmentGroup. Pure. Without keys, and of certificates only the facts; a
 * document that is sent back so keeps them. What is not set is absent.
 */
export function enrollmentDocument(enrollment: EnrollmentRecord): JsonObject {
  return {
    ...documentWithoutProof(enrollment),
    attestation: attestationDocument(enrollment.attestation, 'withoutKeys'),
  };
}

/** The same without `attestation`, for which certificates must be read. */
export function documentWithoutProof(enrollment: EnrollmentRecord): JsonObject {
  const { kind, id, deviceId, customAllocation, initialTwin, iotHubs, status } = enrollment;
  const { tags, desired } = initialTwin;
  return withoutNothing({
    [ID_MEMBERS[kind]]: id,
    deviceId,
    optionalDeviceInformation: enrollment.optionalDeviceInformation,
    capabilities: enrollment.capabilities,
    iotHubHostName: iotHubs.length === 1 ? iotHubs[0] : undefined,
    initialTwin: { tags, properties: { desired } },
    // Quoted inside the text: clients send it as it is in If-Match.
    etag: `"${enrollment.etag}"`,
    provisioningStatus: status,
    reprovisionPolicy: enrollment.reprovisionPolicy,
    createdDateTimeUtc: isoTime(enrollment.createdTime),
    lastUpdatedDateTimeUtc: isoTime(enrollment.updatedTime),
    allocationPolicy: enrollment.allocationPolicy,
    iotHubs: iotHubs.length === 0 ? undefined : iotHubs,
    customAllocationDefinition: customAllocation,
    credentialPolicyName: enrollment.credentialPolicyName,
  });
}

/** AttestationMechanism. Pure. */
export function attestationDocument(attestation: Attestation, keys: 'withKeys' | 'withoutKeys'): JsonObject {
  switch (attestation.kind) {
    case 'symmetricKey': {
      const { primaryKey, secondaryKey } = attestation;
      // Never absent: one SDK fails on a mechanism without the member that its type names.
      return { type: 'symmetricKey', symmetricKey: keys === 'withKeys' ? { primaryKey, secondaryKey } : {} };
    }
    case 'tpm': {
      const { endorsementKey, storageRootKey } = attestation;
      return { type: 'tpm', tpm: withoutNothing({ endorsementKey, storageRootKey }) };
    }
    case 'caReferences': {
      const { primary, secondary } = attestation;
      return { type: 'x509', x509: { caReferences: withoutNothing({ primary, secondary }) } };
    }
    case 'clientCertificates':
    case 'signingCertificates': {
      const { kind, primary, secondary } = attestation;
      const told = { primary: infoOf(primary), secondary: secondary === null ? undefined : infoOf(secondary) };
      return { type: 'x509', x509: { [kind]: withoutNothing(told) } };
    }
    default:
      return attestation satisfies never;
  }
}

function infoOf(pem: string): JsonObject {
  return { info: certificateDocument(certificateFacts(new X509Certificate(pem))) };
}

function withoutNothing(members: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== null),
  ) as JsonObject;
}
