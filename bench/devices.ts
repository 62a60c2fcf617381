import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { formatSas, parseConnectionString, type ReadyFile, sasSignedText } from '@viaduct/contracts';
import { DEVICE_COUNT } from './cases.ts';
import { BenchFailure } from './child.ts';

/** A device of the bench: what the registry must know and what its CONNECT says. */
interface BenchDevice {
  readonly deviceId: string;
  readonly key: string;
}

const API_VERSION = '2021-04-12';
const BULK_DEVICES_MAX = 100;
const TOKEN_SECONDS = 24 * 3600;

export function makeDevices(): BenchDevice[] {
  return Array.from({ length: DEVICE_COUNT }, (_, index) => ({
    deviceId: `bench-${String(index).padStart(5, '0')}`,
    key: randomBytes(32).toString('base64'),
  }));
}

/** Writes what the generator reads: client id, user name, password and topic, divided by tabs, a line a device. */
export function writeDevices(file: string, hostName: string, devices: readonly BenchDevice[]): void {
  const expiresAt = Math.floor(Date.now() / 1000) + TOKEN_SECONDS;
  const lines = devices.map(({ deviceId, key }) => {
    const token = sign(`${hostName}/devices/${deviceId}`, key, expiresAt);
    const username = `${hostName}/${deviceId}/?api-version=${API_VERSION}`;
    return [deviceId, username, token, `devices/${deviceId}/messages/events/`].join('\t');
  });
  writeFileSync(file, `${lines.join('\n')}\n`);
}

/** Creates the devices in bulk, or one by one where the hub does not know the bulk call. @throws BenchFailure */
export async function registerDevices(hub: ReadyFile, devices: readonly BenchDevice[]): Promise<void> {
  for (let from = 0; from < devices.length; from += BULK_DEVICES_MAX) {
    const some = devices.slice(from, from + BULK_DEVICES_MAX);
    const status = await call(hub, 'POST', '/devices', some.map(bulkEntry));
    if (status !== 404 && status !== 405) continue;
    for (const device of some) await call(hub, 'PUT', `/devices/${device.deviceId}`, singleEntry(device));
  }
}

function bulkEntry(device: BenchDevice): object {
  return { id: device.deviceId, importMode: 'create', status: 'enabled', authentication: authentication(device) };
}

function singleEntry(device: BenchDevice): object {
  return { deviceId: device.deviceId, status: 'enabled', authentication: authentication(device) };
}

function authentication({ key }: BenchDevice): object {
  return { type: 'sas', symmetricKey: { primaryKey: key, secondaryKey: key } };
}

function sign(resource: string, key: string, expiresAt: number, policy?: string): string {
  const hmac = createHmac('sha256', Buffer.from(key, 'base64')).update(sasSignedText(resource, expiresAt));
  return formatSas(resource, hmac.digest('base64'), expiresAt, policy);
}

/** Answers the status: 2xx, or 404 and 405 of a bulk call. */
async function call(hub: ReadyFile, method: string, path: string, body: object): Promise<number> {
  const { SharedAccessKeyName = '', SharedAccessKey = '' } = parseConnectionString(hub.hubConnectionString);
  const token = sign(hub.hostName, SharedAccessKey, Math.floor(Date.now() / 1000) + TOKEN_SECONDS, SharedAccessKeyName);
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const outgoing = request(
      {
        method,
        host: hub.hostName,
        port: hub.ports.https,
        path: `${path}?api-version=${API_VERSION}`,
        ca: readFileSync(hub.caFile),
        headers: { authorization: token, 'content-type': 'application/json' },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    outgoing.once('error', reject).end(JSON.stringify(body));
  });
  const unknown = method === 'POST' && (status === 404 || status === 405);
  const refused = status >= 300 || /"isSuccessful":\s*false/.test(text);
  if (refused && !unknown) throw new BenchFailure(`${method} ${path} answered ${status}: ${text.slice(0, 200)}`);
  return status;
}
