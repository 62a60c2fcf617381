import { CliFailure } from '../cli-failure.ts';
import { deriveDeviceKey } from '../derive-key.ts';
import { getAttestation } from '../enrollments.ts';
import { ExitCode } from '../exit-code.ts';
import { inParallel } from '../in-parallel.ts';
import { askOverHttps } from '../provision/ask-over-https.ts';
import type { DeviceEndpoint } from '../provision/device-endpoint.ts';
import { provisionedDevice } from '../provision/explain-registration.ts';
import { registerDevice } from '../provision/register-device.ts';
import { PROVISIONING } from '../provisioning-dialect.ts';
import { RestClient, readCa } from '../rest-client.ts';
import type { ProvisioningAddress } from '../server-address.ts';
import type { DeviceCredential } from './device-connection.ts';

/** Each waits a second for its answer, and does nothing meanwhile. */
const PROVISIONING_MAX = 64;

/**
 * Lets devices find their hub with keys of a group, as a real fleet would that is switched on for the first time.
 *
 * @throws CliFailure usage where only a connection string is known, refused when one is not let in or is sent to another hub
 */
export async function provisionFleet(
  address: ProvisioningAddress,
  group: string,
  deviceIds: readonly string[],
): Promise<DeviceCredential[]> {
  const groupKey = await keyOfGroup(address, group);
  const endpoint = await endpointOf(address);
  const credentials: DeviceCredential[] = [];
  await inParallel(deviceIds, PROVISIONING_MAX, async (registrationId, index) => {
    const proof = { kind: 'key', key: deriveDeviceKey(groupKey, registrationId) } as const;
    const operation = await registerDevice(endpoint, { registrationId, proof }, askOverHttps);
    const device = provisionedDevice(operation, proof, address.ready);
    requireHere(address, device.assignedHub);
    credentials[index] = { deviceId: device.deviceId, key: proof.key, connectionString: device.connectionString };
  });
  return credentials;
}

async function keyOfGroup(address: ProvisioningAddress, group: string): Promise<string> {
  const rest = new RestClient(address, PROVISIONING);
  try {
    const { symmetricKey } = await getAttestation(rest, 'group', group);
    if (symmetricKey?.primaryKey) return symmetricKey.primaryKey;
  } finally {
    rest.close();
  }
  const advice = 'Name a group with keys: viaduct enrollment add ID --group';
  throw new CliFailure(ExitCode.refused, `the group ${group} has no keys to derive devices' keys from`, advice);
}

async function endpointOf({
  hostName,
  httpsPort,
  mqttPort,
  idScope,
  caFile,
}: ProvisioningAddress): Promise<DeviceEndpoint> {
  if (idScope === undefined) {
    const advice = 'Run this where the server runs, with --data DIR.';
    throw new CliFailure(ExitCode.usage, 'the id scope is not known here', advice);
  }
  return { hostName, httpsPort, mqttPort, idScope, ca: caFile === undefined ? undefined : await readCa(caFile) };
}

/** Simulated devices speak to this server, and count what it acknowledges. */
function requireHere({ ready, hostName }: ProvisioningAddress, assignedHub: string): void {
  if (assignedHub.toLowerCase() === (ready?.hostName ?? hostName).toLowerCase()) return;
  const advice = 'Give the group the hub of this server: viaduct enrollment update GROUP --group --hub NAME';
  throw new CliFailure(ExitCode.refused, `a device was sent to ${assignedHub}, which is not this server`, advice);
}
