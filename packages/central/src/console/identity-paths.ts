import type { DeviceIdentity } from '@viaduct/contracts';

/** Where a device and a module of it are found. What can be asked of the one can be asked of the other, at both. */
export const IDENTITY_PATHS = ['/devices/:deviceId', '/devices/:deviceId/modules/:moduleId'] as const;

/** Parameters of both. */
export interface OfIdentity {
  Params: DeviceIdentity;
}

export interface OfDevice {
  Params: { deviceId: string };
}
