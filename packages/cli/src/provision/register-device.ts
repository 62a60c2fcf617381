import { setTimeout as pause } from 'node:timers/promises';
import type { HubError } from '@viaduct/contracts';
import type { CliFailure } from '../cli-failure.ts';
import type { RegistrationState } from '../enrollments.ts';
import { provisioningRefusal } from '../provisioning-dialect.ts';
import { askAsDevice, type DeviceAnswer, type DeviceEndpoint, type DeviceProof } from './ask-as-device.ts';

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
  onProgress: (text: string) => void = () => undefined,
): Promise<RegistrationOperation> {
  const body = {
    registrationId,
    ...(payload === undefined ? {} : { payload }),
    ...(csr === undefined ? {} : { csr }),
  };
  let answer = await askAsDevice(endpoint, registrationId, proof, { method: 'PUT', path: '/register', body });
  for (;;) {
    if (answer.status >= 400 && answer.status !== 429) throw refusalIn(answer);
    const operation = (answer.status === 429 ? {} : answer.value) as Partial<RegistrationOperation>;
    if (answer.status === 200 && operation.status !== 'assigning' && operation.status !== 'unassigned') {
      return operation as RegistrationOperation;
    }
    const seconds = retrySeconds(answer);
    onProgress(operation.status === undefined ? `told to wait for ${seconds} s` : `${operation.status} …`);
    await pause(seconds * 1_000);
    answer = await askAsDevice(endpoint, registrationId, proof, nextRequest(operation.operationId, body));
  }
}

/** Turned away for being too many, a device asks for the same again. */
function nextRequest(operationId: string | undefined, body: object) {
  if (operationId === undefined) return { method: 'PUT', path: '/register', body } as const;
  return { method: 'GET', path: `/operations/${encodeURIComponent(operationId)}` } as const;
}

function retrySeconds({ headers }: DeviceAnswer): number {
  const seconds = Number(headers['retry-after'] ?? RETRY_SECONDS);
  return seconds > 0 ? Math.min(seconds, RETRY_SECONDS_MAX) : RETRY_SECONDS;
}

function refusalIn({ status, value }: DeviceAnswer): HubError | CliFailure {
  return provisioningRefusal(status, value);
}
