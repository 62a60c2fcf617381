import { deviceConnectionString, type HubError } from '@viaduct/contracts';
import { CliFailure } from '../cli-failure.ts';
import { ExitCode } from '../exit-code.ts';
import { explainFailure } from '../explain-failure.ts';
import { facts } from '../output.ts';
import { listAttempts } from '../provisioning.ts';
import type { RestClient } from '../rest-client.ts';
import type { ProvisioningAddress } from '../server-address.ts';
import type { DeviceProof } from './device-endpoint.ts';
import type { RegistrationOperation } from './register-device.ts';

/** What came of a registration, for people and scripts. */
export interface ProvisionedDevice {
  readonly registrationId: string;
  readonly status: string;
  readonly substatus: string | null;
  readonly assignedHub: string;
  readonly deviceId: string;
  readonly connectionString: string;
  readonly payload: unknown;
  readonly issuedCertificateChain: readonly string[] | null;
}

/** @throws CliFailure refused when it was not assigned, with why */
export function provisionedDevice(
  { status, registrationState: state }: RegistrationOperation,
  proof: DeviceProof,
  ready: ProvisioningAddress['ready'],
): ProvisionedDevice {
  const { assignedHub, deviceId } = state ?? {};
  if (status !== 'assigned' || state === undefined || !assignedHub || !deviceId) {
    const why = state?.errorMessage || `the registration is ${status}`;
    throw new CliFailure(ExitCode.refused, why, WHERE_TO_LOOK);
  }
  return {
    ...{ registrationId: state.registrationId, status, substatus: state.substatus ?? null, assignedHub, deviceId },
    connectionString: connectionString(hostOf(assignedHub, ready), deviceId, proof, state.issuedCertificateChain),
    payload: state.payload ?? null,
    issuedCertificateChain: state.issuedCertificateChain ?? null,
  };
}

export function deviceFacts(device: ProvisionedDevice, caFile: string | undefined): string {
  return facts([
    ['registration', device.registrationId],
    ['status', device.substatus === null ? device.status : `${device.status} (${device.substatus})`],
    ['assigned hub', device.assignedHub],
    ['device id', device.deviceId],
    ['connection string', device.connectionString],
    ['payload', device.payload === null ? undefined : JSON.stringify(device.payload)],
    ['root to trust', caFile],
  ]);
}

/**
 * What the operator reads of a registration that was turned away. A device hears little, lest it learn what it may not know; whoever runs
 * this beside the server, or with its policy, reads what the server booked.
 */
export async function explained(
  thrown: unknown,
  rest: RestClient | undefined,
  registrationId: string,
): Promise<unknown> {
  if (rest === undefined || !isRefusal(thrown)) return thrown;
  const [attempt] = await listAttempts(rest, { registrationId, top: 1 });
  if (!attempt?.message) return thrown;
  const { exitCode, advice } = explainFailure(thrown);
  return new CliFailure(exitCode as ExitCode, attempt.message, attempt.advice ?? advice, { cause: thrown });
}

const WHERE_TO_LOOK = '`viaduct provision attempts` on the server tells why, and what to do.';

function isRefusal(thrown: unknown): thrown is HubError | CliFailure {
  return thrown instanceof Error && (thrown.name === 'HubError' || thrown.name === 'CliFailure');
}

function connectionString(
  hostName: string,
  deviceId: string,
  proof: DeviceProof,
  chain: readonly string[] | undefined,
): string {
  if (proof.kind === 'certificate' || chain !== undefined) return `HostName=${hostName};DeviceId=${deviceId};x509=true`;
  return deviceConnectionString(hostName, deviceId, proof.key);
}

/** With the port of the hub beside us where it is not the usual one: Node's device SDK takes it from here. */
function hostOf(assignedHub: string, ready: ProvisioningAddress['ready']): string {
  const isHere = ready !== undefined && ready.hostName.toLowerCase() === assignedHub.toLowerCase();
  return isHere && ready.ports.mqtt !== 8883 ? `${assignedHub}:${ready.ports.mqtt}` : assignedHub;
}
