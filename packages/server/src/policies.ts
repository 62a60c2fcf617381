import type { AccessPolicy, Randomness, Right } from '@viaduct/hub';

/**
 * The shared access policies that every IoT hub, and every provisioning service, is born with, and their rights.
 * Source: Azure IoT Hub, "Control access by using shared access signatures", table of default policies.
 */
const RIGHTS: Readonly<Record<string, readonly Right[]>> = {
  iothubowner: ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'],
  service: ['ServiceConnect'],
  device: ['DeviceConnect'],
  registryRead: ['RegistryRead'],
  registryReadWrite: ['RegistryRead', 'RegistryWrite'],
  // Without DeviceConnect, which Azure's has: hub and provisioning share their policies here, and it would open every device.
  provisioningserviceowner: [
    'EnrollmentRead',
    'EnrollmentWrite',
    'RegistrationStatusRead',
    'RegistrationStatusWrite',
    'ServiceConfig',
  ],
};

/** The policies whose keys the ready file gives out: of the hub, and of provisioning. */
export const OWNER_POLICY = 'iothubowner';
export const PROVISIONING_OWNER_POLICY = 'provisioningserviceowner';

const KEY_BYTES = 32;

/** With fresh keys; a store keeps those it has. */
export function defaultPolicies(random: Randomness): AccessPolicy[] {
  const newKey = () => random.bytes(KEY_BYTES).toString('base64');
  return Object.entries(RIGHTS).map(([name, rights]) => ({
    name,
    primaryKey: newKey(),
    secondaryKey: newKey(),
    rights: new Set(rights),
  }));
}
