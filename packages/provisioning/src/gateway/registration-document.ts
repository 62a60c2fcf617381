import { ERRORS } from '@viaduct/contracts';
import { isoTime, type JsonObject } from '@viaduct/hub';
import { certificateDocument } from '../core/attestation/certificate-document.ts';
import type { RegistrationRecord } from '../core/ports.ts';
import { provisioningErrorCode } from './problem.ts';

/**
 * What a device hears of its registration, over HTTPS, MQTT and AMQP. Pure.
 *
 *     {"operationId":"4.…","status":"assigning"}
 *     {"operationId":"4.…","status":"assigned","registrationState":{"assignedHub":"…","deviceId":"…",…}}
 *     {"operationId":"4.…","status":"failed","registrationState":{"errorCode":404205,"errorMessage":"…",…}}
 *
 * What is not known is absent and never null: the parsers of small devices take null for a malformed document.
 * Source: Azure DPS, "Runtime Registration", RegistrationOperationStatus.
 */
export function operationDocument(record: RegistrationRecord): JsonObject {
  const { operationId, status, issuedCertificateChain: chain } = record;
  if (status === 'assigning' || status === 'unassigned') return { operationId, status };
  const registrationState = {
    ...registrationStateDocument(record),
    ...(chain === null ? {} : { issuedCertificateChain: [...chain] }),
  };
  return { operationId, status, registrationState };
}

/** A registration as it stands: DeviceRegistrationState. Issued certificates are told only to the device that asks for them. */
export function registrationStateDocument(record: RegistrationRecord): JsonObject {
  const { registrationId, createdTime, assignedHub, deviceId, status, substatus, refusal, updatedTime, etag } = record;
  return withoutNothing({
    registrationId,
    createdDateTimeUtc: isoTime(createdTime),
    assignedHub,
    deviceId,
    status,
    substatus,
    errorCode: refusal === null ? 0 : provisioningErrorCode({ row: ERRORS[refusal.code] }),
    errorMessage: refusal?.message,
    lastUpdatedDateTimeUtc: isoTime(updatedTime),
    etag,
    payload: record.payload,
    ...attestationPart(record),
  });
}

/** What the device was let in with; only of one that was assigned. */
function attestationPart(record: RegistrationRecord): JsonObject {
  const { status, enrollmentKind, enrollmentId, certificate, signer, tpmAuthenticationKey } = record;
  if (status !== 'assigned') return {};
  const group = { enrollmentGroupId: enrollmentKind === 'group' ? enrollmentId : undefined };
  if (certificate !== null) {
    const certificateInfo = certificateDocument(certificate);
    const signingCertificateInfo = signer === null ? undefined : certificateDocument(signer);
    return { x509: withoutNothing({ certificateInfo, ...group, signingCertificateInfo }) };
  }
  if (tpmAuthenticationKey !== null) return { tpm: { authenticationKey: tpmAuthenticationKey } };
  return { symmetricKey: withoutNothing(group) };
}

function withoutNothing(members: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== null),
  ) as JsonObject;
}
