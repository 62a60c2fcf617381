import type { DeviceIdentity } from '@viaduct/contracts';

/** An identity as the two columns every table has: the module is '' for the device itself. */
export function identityColumns({ deviceId, moduleId }: DeviceIdentity): { device_id: string; module_id: string } {
  return { device_id: deviceId, module_id: moduleId ?? '' };
}

export function identityOf(row: { device_id: string; module_id: string }): DeviceIdentity {
  return row.module_id === '' ? { deviceId: row.device_id } : { deviceId: row.device_id, moduleId: row.module_id };
}
