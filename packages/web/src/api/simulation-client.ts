import { queryOptions } from '@tanstack/react-query';
import type {
  CreatedSimulatedDevices,
  NewSimulatedDevices,
  SimulatedDeviceRow,
  SimulationChange,
  SimulationSummary,
} from '@viaduct/contracts';
import { get, send } from './request.ts';

/** Devices that the server makes up. */
export const simulationClient = {
  summary: () => get<SimulationSummary>('/simulation'),
  create: (body: NewSimulatedDevices) => send<CreatedSimulatedDevices>('POST', '/simulation/devices', body),
  device: (deviceId: string) => get<SimulatedDeviceRow>(devicePath(deviceId)),
  change: (deviceId: string, change: SimulationChange) =>
    send<SimulatedDeviceRow>('PATCH', devicePath(deviceId), change),
  changeAll: (change: SimulationChange) => send<SimulationSummary>('PATCH', '/simulation', change),
};

export const simulationQuery = queryOptions({ queryKey: ['simulation'], queryFn: simulationClient.summary });

function devicePath(deviceId: string): string {
  return `/simulation/devices/${encodeURIComponent(deviceId)}`;
}
