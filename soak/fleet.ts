import { randomBytes } from 'node:crypto';
import { deviceConnectionString, type ReadyFile } from '@viaduct/contracts';
import type { TestDevice } from '@viaduct/testkit';
import iotHub from 'azure-iothub';
import { connectAmqp, connectAmqpOverWebSocket, SharedAmqp } from './connections/amqp.ts';
import type { Connect } from './connections/connection.ts';
import { connectHttps } from './connections/https.ts';
import { connectMqtt, connectMqttOverWebSocket } from './connections/mqtt.ts';
import { connectWithSdk, SDK_TRANSPORTS } from './connections/sdk.ts';
import { type Fleet, SoakDevice } from './soak-device.ts';

/** Of a hundred devices; the rest of them is official SDK clients, of which more do not fit into one process. */
const SHARES = [
  ['mqtt', 40],
  ['mqtt-ws', 15],
  ['amqp', 10],
  ['amqp-ws', 10],
  ['amqp-shared', 15],
  ['https', 10],
] as const;
const DEVICES_PER_SHARED_CONNECTION = 50;
const SDK_DEVICES_MAX = 50;
const BULK = 100;

export interface MadeFleet {
  readonly devices: readonly SoakDevice[];
  /** Lets go of what devices share. */
  close(): Promise<void>;
}

/** Registers devices in bulk and gives each a transport. */
export async function makeFleet(count: number, fleet: Fleet): Promise<MadeFleet> {
  const made = await register(fleet.ready, count);
  const shared: SharedAmqp[] = [];
  const devices = made.map((device, i) => {
    const [transport, connect] = transportOf(i, count, shared);
    return new SoakDevice(device, transport, connect, fleet);
  });
  return {
    devices,
    close: async () => {
      await Promise.all(shared.map((connection) => connection.close()));
    },
  };
}

function transportOf(i: number, count: number, shared: SharedAmqp[]): [string, Connect] {
  const sdkTransports = Object.keys(SDK_TRANSPORTS) as (keyof typeof SDK_TRANSPORTS)[];
  if (i < Math.min(SDK_DEVICES_MAX, count / 10)) {
    const transport = sdkTransports[i % sdkTransports.length] as (typeof sdkTransports)[number];
    return [`${transport} (SDK)`, connectWithSdk(transport)];
  }
  const transport = shareOf(i);
  switch (transport) {
    case 'mqtt':
      return [transport, connectMqtt];
    case 'mqtt-ws':
      return [transport, connectMqttOverWebSocket];
    case 'amqp':
      return [transport, connectAmqp];
    case 'amqp-ws':
      return [transport, connectAmqpOverWebSocket];
    case 'https':
      return [transport, connectHttps];
    case 'amqp-shared': {
      const group = Math.floor(((i / 100) * 15) / DEVICES_PER_SHARED_CONNECTION);
      shared[group] ??= new SharedAmqp();
      return [transport, shared[group].connect];
    }
  }
}

function shareOf(i: number): (typeof SHARES)[number][0] {
  let rest = i % 100;
  for (const [transport, share] of SHARES) {
    if (rest < share) return transport;
    rest -= share;
  }
  return 'mqtt';
}

async function register(ready: ReadyFile, count: number): Promise<TestDevice[]> {
  const registry = iotHub.Registry.fromConnectionString(ready.hubConnectionString);
  const devices = Array.from({ length: count }, (_, i) => {
    const deviceId = `soak-${String(i).padStart(5, '0')}`;
    const primaryKey = randomBytes(32).toString('base64');
    return { deviceId, primaryKey, connectionString: deviceConnectionString(ready.hostName, deviceId, primaryKey) };
  });
  for (let i = 0; i < devices.length; i += BULK) {
    const page = devices.slice(i, i + BULK).map(({ deviceId, primaryKey }) => ({
      deviceId,
      authentication: { symmetricKey: { primaryKey, secondaryKey: randomBytes(32).toString('base64') } },
    }));
    const { responseBody } = await registry.addDevices(page);
    if (!responseBody.isSuccessful) throw new Error(`devices were refused: ${JSON.stringify(responseBody.errors[0])}`);
  }
  return devices;
}
