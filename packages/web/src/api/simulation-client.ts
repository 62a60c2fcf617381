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
};

export const simulationQuery = queryOptions({ queryKey: ['simulation'], queryFn: simulationClient.summary });

export const simulatedDeviceQuery = (deviceId: string) =>
  queryOptions({
    queryKey: ['simulation', deviceId],
    queryFn: () => simulationClient.device(deviceId),
    // Nothing on the live stream tells of it.
    refetchInterval: 5_000,
  });

function devicePath(deviceId: string): string {
  return `/simulation/devices/${encodeURIComponent(deviceId)}`;
}
