import { HubError } from '@viaduct/contracts';
import type { JsonObject } from '@viaduct/hub';
import { certificateDocument } from '../attestation/certificate-document.ts';
import { enrollmentDocument } from '../enrollment/enrollment-document.ts';
import type { EnrollmentRecord, LinkedHubRecord, Proof } from '../ports.ts';
import type { Allocates, Allocation, AllocationQuestion } from './allocate-hub.ts';

/**
 * Lets the enrolment's webhook choose. Its answer names one of the hubs it was told, and may say with what twin the device begins
 * there, and what the device is to be told.
 *
 * @throws HubError allocation.webhookFailed, allocation.webhookUnauthorized, allocation.hubNotSpecified
 */
export async function askWebhook(
  p: Allocates,
  question: AllocationQuestion,
  allowed: readonly LinkedHubRecord[],
): Promise<Allocation> {
  const { enrollment, signal } = question;
  const { customAllocation } = enrollment;
  if (customAllocation === null) {
    throw new HubError('allocation.webhookFailed', `the enrolment "${enrollment.id}" names no webhook to ask`);
  }
  const answer = await p.allocationWebhook.ask(customAllocation.webhookUrl, webhookQuestion(question, allowed), signal);
  const named = memberOf(answer, 'iotHubHostName');
  if (typeof named !== 'string' || named === '') {
    throw new HubError('allocation.hubNotSpecified', 'the allocation webhook answered without iotHubHostName');
  }
  const hub = allowed.find(({ hostName }) => hostName === named.toLowerCase());
  if (hub === undefined) {
    const text = `the allocation webhook named "${named.slice(0, 260)}", which is none of ${allowed.length} hubs it was told`;
    throw new HubError('allocation.hubNotSpecified', text);
  }
  const payload = memberOf(answer, 'payload');
  const initialTwin = initialTwinOf(memberOf(answer, 'initialTwin'));
  return { hub, ...(payload === undefined ? {} : { payload }), ...(initialTwin && { initialTwin }) };
}

/** What the webhook is told. Keys are left out. Source: Azure DPS, "Custom allocation policies", webhook request. */
function webhookQuestion(
  { record, pending, enrollment }: AllocationQuestion,
  allowed: readonly LinkedHubRecord[],
): JsonObject {
  return {
    [enrollment.kind === 'group' ? 'enrollmentGroup' : 'individualEnrollment']: enrollmentDocument(enrollment),
    deviceRuntimeContext: {
      registrationId: record.registrationId,
      ...(record.hubName === null ? {} : { currentIotHubHostName: record.hubName }),
      ...(record.hubName === null || record.deviceId === null ? {} : { currentDeviceId: record.deviceId }),
      ...proofDocument(pending.proof),
      ...(pending.payload === undefined ? {} : { payload: pending.payload }),
    },
    linkedHubs: allowed.map(({ hostName }) => hostName),
  };
}

function proofDocument(proof: Proof): JsonObject {
  switch (proof.kind) {
    case 'symmetricKey':
      return { symmetricKey: {} };
    case 'x509':
      return { x509: { clientCertificates: { primary: { info: certificateDocument(proof.certificate) } } } };
    case 'tpm':
      return { tpm: { endorsementKey: proof.endorsementKey, storageRootKey: proof.storageRootKey } };
    default:
      return proof satisfies never;
  }
}

/** By its name without regard to case: the documentation itself spells `iotHubHostName` in two ways. */
function memberOf(object: JsonObject, name: string): unknown {
  const found = Object.keys(object).find((key) => key.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : object[found];
}

/** @throws HubError allocation.webhookFailed */
function initialTwinOf(twin: unknown): EnrollmentRecord['initialTwin'] | undefined {
  if (twin === undefined || twin === null) return undefined;
  const { tags = {}, properties = {} } = requireObject(twin, 'initialTwin');
  const { desired = {} } = requireObject(properties ?? {}, 'initialTwin.properties');
  return {
    tags: requireObject(tags ?? {}, 'initialTwin.tags'),
    desired: requireObject(desired ?? {}, 'initialTwin.properties.desired'),
  };
}

function requireObject(value: unknown, name: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new HubError('allocation.webhookFailed', `the allocation webhook answered ${name} that is no object`);
}
