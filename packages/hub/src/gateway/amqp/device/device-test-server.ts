import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DeviceIdentity, identityKey, partitionFor } from '@viaduct/contracts';
import type { Hub } from '../../../core/hub.ts';
import { type DecodedRecord, decodeRecord } from '../../../core/record/record.ts';
import { createDevice } from '../../../core/registry/create-device.ts';
import { type TemporaryHub, temporaryHub } from '../../../temporary-hub.ts';
import { type AmqpTestServer, startAmqpTestServer } from '../amqp-test-server.ts';

/** Somebody who may connect. */
export interface KnownDevice extends DeviceIdentity {
  readonly key: string;
  readonly connectionString: string;
}

/** The AMQP gateway on its own, with devices that exist, for tests; TLS on port 5671 of its own address. */
export interface DeviceTestServer extends AmqpTestServer {
  readonly address: string;
  readonly temporary: TemporaryHub;
  readonly ca: string;
  /** Makes it in the registry; `device/module` for a module of a device that exists. */
  device(key: string): Promise<KnownDevice>;
  /** What the log holds of one identity, oldest first. */
  telemetryOf(identity: DeviceIdentity): Promise<readonly DecodedRecord[]>;
}

/** Makes a server certificate for these names from the authority in the folder. */
export type MakeCertificate = (
  folder: string,
  names: readonly string[],
  now: number,
) => Promise<{ readonly certificate: string; readonly key: string }>;

export async function startDeviceTestServer(address: string, make: MakeCertificate): Promise<DeviceTestServer> {
  const temporary = await temporaryHub();
  const hub: Hub = { ...temporary, hostNames: [address], clock: { now: () => Date.now() } };
  const tls = join(temporary.directory, 'tls');
  await mkdir(tls);
  const caFolder = process.env.VIADUCT_TEST_CA_DIR ?? '';
  for (const file of ['ca.pem', 'ca-key.pem']) await cp(join(caFolder, file), join(tls, file));
  const certificate = await make(tls, [address], Date.now());
  const server = await startAmqpTestServer({ hub, address, certificate });
  return {
    ...server,
    address,
    temporary,
    ca: await readFile(join(tls, 'ca.pem'), 'utf8'),
    device: (key) => makeDevice(hub, address, key),
    telemetryOf: (identity) => telemetryOf(hub, identity),
    async close() {
      await server.close();
      await temporary.close();
    },
  };
}

async function makeDevice(hub: Hub, address: string, name: string): Promise<KnownDevice> {
  const [deviceId = '', moduleId] = name.split('/');
  const identity = moduleId === undefined ? { deviceId } : { deviceId, moduleId };
  const key = randomBytes(32).toString('base64');
  await createDevice(hub, identity, {
    authentication: {
      type: 'sas',
      symmetricKey: { primaryKey: key, secondaryKey: randomBytes(32).toString('base64') },
    },
  });
  const module = moduleId === undefined ? '' : `;ModuleId=${moduleId}`;
  return {
    ...identity,
    key,
    connectionString: `HostName=${address};DeviceId=${deviceId}${module};SharedAccessKey=${key}`,
  };
}

async function telemetryOf(hub: Hub, identity: DeviceIdentity): Promise<readonly DecodedRecord[]> {
  const partition = partitionFor(identity.deviceId, hub.eventPartitions);
  const found: DecodedRecord[] = [];
  for (let offset = 0; ; ) {
    const records = await hub.log.read(partition, offset, 4_194_304);
    if (records.length === 0) return found;
    found.push(
      ...records.map(({ data }) => decodeRecord(data)).filter((one) => identityKey(one) === identityKey(identity)),
    );
    offset = (records.at(-1)?.offset ?? 0) + 1;
  }
}
