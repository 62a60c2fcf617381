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
  /** It has no key, but a certificate: the one of this SHA-256 (hex), or whichever a verified authority signed for its id. */
  readonly certificate?: { readonly sha256: string } | 'byAuthority';
}

/** @throws HubError device.exists, device.idInvalid */
export async function addDevice(rest: RestClient, device: NewDevice): Promise<DeviceIdentity> {
  const { deviceId, status } = device;
  const body = { deviceId, status, authentication: authenticationOf(device) };
  return (await rest.send({ method: 'PUT', path: devicePath(deviceId), body })) as DeviceIdentity;
}

function authenticationOf({ certificate, primaryKey = '', secondaryKey = '' }: NewDevice): object {
  if (certificate === undefined) return { type: 'sas', symmetricKey: { primaryKey, secondaryKey } };
  if (certificate === 'byAuthority') return { type: 'certificateAuthority' };
  return { type: 'selfSigned', x509Thumbprint: { primaryThumbprint: certificate.sha256 } };
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

export type KeyToRotate = 'primary' | 'secondary' | 'swap';

/**
 * Makes one key anew, or exchanges the two; only while the device is as it was read, so that nobody else's change is undone.
 *
 * @throws HubError device.notFound, etag.mismatch; CliFailure refused for a device that has no symmetric key
 */
export async function rotateKey(rest: RestClient, deviceId: string, which: KeyToRotate): Promise<DeviceIdentity> {
  const device = await getDevice(rest, deviceId);
  const { primaryKey, secondaryKey } = keysOf(device);
  // The server makes a key where none is given.
  const symmetricKey = {
    primary: { primaryKey: '', secondaryKey },
    secondary: { primaryKey, secondaryKey: '' },
    swap: { primaryKey: secondaryKey, secondaryKey: primaryKey },
  }[which];
  const body = { deviceId, authentication: { type: 'sas', symmetricKey } };
  const ifMatch = device.etag ?? '*';
  return (await rest.send({ method: 'PUT', path: devicePath(deviceId), body, ifMatch })) as DeviceIdentity;
}

/** At most `top` devices, the API's page of 1,000 at most. */
export async function listDevices(rest: RestClient, top: number): Promise<readonly DeviceIdentity[]> {
  return (await rest.send({ method: 'GET', path: '/devices', query: { top: String(top) } })) as DeviceIdentity[];
}

/** @throws HubError device.notFound */
export async function removeDevice(rest: RestClient, deviceId: string): Promise<void> {
  await rest.send({ method: 'DELETE', path: devicePath(deviceId), anyVersion: true });
}

/** Of a device with a certificate: where to go, and that it has one. @throws CliFailure refused when it has neither that nor keys */
export function connectionStringOf(address: ServerAddress, device: DeviceIdentity, secondary = false): string {
  const type = device.authentication?.type;
  if (type === 'selfSigned' || type === 'certificateAuthority') {
    return `HostName=${deviceHostName(address)};DeviceId=${device.deviceId};x509=true`;
  }
  const { primaryKey, secondaryKey } = keysOf(device);
  return deviceConnectionString(deviceHostName(address), device.deviceId, secondary ? secondaryKey : primaryKey);
}

function keysOf({ deviceId, authentication }: DeviceIdentity): { primaryKey: string; secondaryKey: string } {
  const { primaryKey, secondaryKey } = authentication?.symmetricKey ?? {};
  if (primaryKey && secondaryKey) return { primaryKey, secondaryKey };
  throw new CliFailure(
    ExitCode.refused,
    `${deviceId} has no symmetric key: it authenticates by ${authentication?.type ?? 'another means'}`,
    'Connect it with its certificate, or remove it and add it with a key.',
  );
}

/** With the port where it is not the usual one: Node's device SDK takes it from here. */
function deviceHostName({ hostName, mqttPort }: ServerAddress): string {
  return mqttPort === 8883 ? hostName : `${hostName}:${mqttPort}`;
}

export function devicePath(deviceId: string): string {
  return `/devices/${encodeURIComponent(deviceId)}`;
}

export function twinPath(deviceId: string): string {
  return `/twins/${encodeURIComponent(deviceId)}`;
}
