import { type ConnectionStay, deviceConnectionString, type Refusal } from '@viaduct/contracts';
import { CliFailure } from './cli-failure.ts';
import { ExitCode } from './exit-code.ts';
import type { RestClient } from './rest-client.ts';
import type { ServerAddress } from './server-address.ts';

/** A device as the registry's REST API gives it; only what these commands read. */
export interface DeviceIdentity {
  readonly deviceId: string;
  readonly status: 'enabled' | 'disabled';
  readonly connectionState: 'Connected' | 'Disconnected';
  readonly lastActivityTime?: string;
  readonly connectionStateUpdatedTime?: string;
  readonly cloudToDeviceMessageCount?: number;
  readonly etag?: string;
  readonly authentication?: {
    readonly type?: string;
    readonly symmetricKey?: { readonly primaryKey?: string | null; readonly secondaryKey?: string | null };
  };
}

export interface NewDevice {
  readonly deviceId: string;
  readonly status: 'enabled' | 'disabled';
  /** Base64; the server makes keys where none are given. */
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
}

/** @throws HubError device.exists, device.idInvalid */
export async function addDevice(rest: RestClient, device: NewDevice): Promise<DeviceIdentity> {
  const { deviceId, status, primaryKey = '', secondaryKey = '' } = device;
  const authentication = { type: 'sas', symmetricKey: { primaryKey, secondaryKey } };
  const body = { deviceId, status, authentication };
  return (await rest.send({ method: 'PUT', path: devicePath(deviceId), body })) as DeviceIdentity;
}

/** @throws HubError device.notFound */
export async function getDevice(rest: RestClient, deviceId: string): Promise<DeviceIdentity> {
  return (await rest.send({ method: 'GET', path: devicePath(deviceId) })) as DeviceIdentity;
}

/** Why a device was turned away lately, newest first; also for an id that is not registered. */
export async function listRefusals(rest: RestClient, deviceId: string): Promise<readonly Refusal[]> {
  return (await rest.send({ method: 'GET', path: `${devicePath(deviceId)}/refusals` })) as Refusal[];
}

/** When a device was connected, newest first. @throws HubError device.notFound */
export async function listConnections(rest: RestClient, deviceId: string): Promise<readonly ConnectionStay[]> {
  return (await rest.send({ method: 'GET', path: `${devicePath(deviceId)}/connections` })) as ConnectionStay[];
}

/** At most `top` devices, the API's page of 1,000 at most. */
export async function listDevices(rest: RestClient, top: number): Promise<readonly DeviceIdentity[]> {
  return (await rest.send({ method: 'GET', path: '/devices', query: { top: String(top) } })) as DeviceIdentity[];
}

/** @throws HubError device.notFound */
export async function removeDevice(rest: RestClient, deviceId: string): Promise<void> {
  await rest.send({ method: 'DELETE', path: devicePath(deviceId), anyVersion: true });
}

/** @throws CliFailure refused for a device that has no symmetric key */
export function connectionStringOf(address: ServerAddress, device: DeviceIdentity, secondary = false): string {
  const keys = device.authentication?.symmetricKey;
  const key = secondary ? keys?.secondaryKey : keys?.primaryKey;
  if (!key) {
    throw new CliFailure(
      ExitCode.refused,
      `${device.deviceId} has no symmetric key: it authenticates by ${device.authentication?.type ?? 'another means'}`,
      'Connect it with its certificate, or remove it and add it with a key.',
    );
  }
  return deviceConnectionString(deviceHostName(address), device.deviceId, key);
}

/** With the port where it is not the usual one: Node's device SDK takes it from here. */
function deviceHostName({ hostName, mqttPort }: ServerAddress): string {
  return mqttPort === 8883 ? hostName : `${hostName}:${mqttPort}`;
}

function devicePath(deviceId: string): string {
  return `/devices/${encodeURIComponent(deviceId)}`;
}

export function twinPath(deviceId: string): string {
  return `/twins/${encodeURIComponent(deviceId)}`;
}
