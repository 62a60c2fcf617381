import { randomUUID } from 'node:crypto';
import { deviceConnectionString, type ReadyFile } from '@viaduct/contracts';
import { createDevice, type Hub } from '@viaduct/hub';

/** A device that was just made, with what its maker would burn into it. */
export interface TestDevice {
  readonly deviceId: string;
  readonly connectionString: string;
  /** Base64. */
  readonly primaryKey: string;
}

export async function createTestDevice(
  hub: Hub,
  ready: ReadyFile,
  deviceId = `d-${randomUUID()}`,
): Promise<TestDevice> {
  const { authentication } = await createDevice(hub, { deviceId });
  const primaryKey = authentication.symmetricKey.primaryKey ?? '';
  return { deviceId, primaryKey, connectionString: deviceConnectionString(ready.hostName, deviceId, primaryKey) };
}
