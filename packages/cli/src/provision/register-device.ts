import { setTimeout as pause } from 'node:timers/promises';
import type { RegistrationState } from '../enrollments.ts';
import { provisioningRefusal } from '../provisioning-dialect.ts';
import type { DeviceAnswer, DeviceEndpoint, DeviceProof, DeviceQuestion, OpenAsDevice } from './device-endpoint.ts';

export interface DeviceRegistration {
  readonly registrationId: string;
  readonly proof: DeviceProof;
  readonly payload?: unknown;
  /** Base64 of a PKCS #10 request. */
  readonly csr?: string;
}

/** How a registration stands, as the service tells a device. */
export interface RegistrationOperation {
  readonly operationId: string;
  readonly status: string;
  readonly registrationState?: RegistrationState & {
    readonly payload?: unknown;
    /** Base64 of DER: the device's, then its issuers'. */
    readonly issuedCertificateChain?: readonly string[];
  };
}

const API_VERSION = '2021-10-01';
/** Knows requests for certificates. */
const CSR_API_VERSION = '2025-07-01-preview';
const RETRY_SECONDS = 3;
const RETRY_SECONDS_MAX = 60;

/**
 * Registers as a device does: asks, and asks again until it is told where to go or why not. Resolves with the last answer.
 *
 * @throws HubError, CliFailure for what was refused; Node's error for a broken connection
 */
export async function registerDevice(
  endpoint: DeviceEndpoint,
  { registrationId, proof, payload, csr }: DeviceRegistration,
  open: OpenAsDevice,
  onProgress: (text: string) => void = () => undefined,
): Promise<RegistrationOperation> {
  const body = {
    registrationId,
    ...(payload === undefined ? {} : { payload }),
    ...(csr === undefined ? {} : { csr }),
  };
  const device = await open(endpoint, registrationId, proof, csr === undefined ? API_VERSION : CSR_API_VERSION);
  try {
    let question: DeviceQuestion = { kind: 'register', body };
    for (;;) {
      const answer = await device.ask(question);
      const operation = operationIn(answer);
      if (operation !== undefined && hasEnded(operation)) return operation;
      // Turned away for being too many, a device asks for the same again.
      if (operation !== undefined) question = { kind: 'poll', operationId: operation.operationId };
      const seconds = retrySeconds(answer);
      onProgress(operation === undefined ? `told to wait for ${seconds} s` : `${operation.status} …`);
      await pause(seconds * 1_000);
    }
  } finally {
    device.close();
  }
}

/** Undefined when it was too early to ask. @throws HubError, CliFailure for a refusal */
function operationIn({ status, value }: DeviceAnswer): RegistrationOperation | undefined {
  if (status === 429) return undefined;
  if (status >= 400) throw provisioningRefusal(status, value);
  return value as RegistrationOperation;
}

function hasEnded({ status }: RegistrationOperation): boolean {
  return status !== 'assigning' && status !== 'unassigned';
}

function retrySeconds({ retryAfterSeconds = RETRY_SECONDS }: DeviceAnswer): number {
  return retryAfterSeconds > 0 ? Math.min(retryAfterSeconds, RETRY_SECONDS_MAX) : RETRY_SECONDS;
}
