import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deviceConnectionString } from '@viaduct/contracts';
import { decodeRecord } from '@viaduct/hub';
import { openFileLog } from '@viaduct/log';
import type { TestDevice } from '@viaduct/testkit';
import { deviceClient, nextLoopbackAddress, RawMqtt, type SpawnedServer, spawnTestServer } from '@viaduct/testkit';
import { Message } from 'azure-iot-device';
import { Registry } from 'azure-iothub';
import { afterAll, describe, expect, it } from 'vitest';

const ROUNDS = 10;
const RAW_DEVICES = 8;
const WINDOW = 64;
const address = nextLoopbackAddress();
const directory = await mkdtemp(join(tmpdir(), 'viaduct-crash-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

/**
 * The promise users check first: a message that was acknowledged is never lost, whenever the process dies.
 * Eight raw devices keep 64 messages in flight each and the official SDK sends beside them; the process is killed ten times.
 */
describe('kill -9 at full rate', () => {
  it(`loses no acknowledged message in ${ROUNDS} rounds, and keeps each device's order`, async () => {
    const raw = Array.from({ length: RAW_DEVICES }, (_, i) => new Publisher(`raw-${i}`));
    const sdk = new Publisher('sdk');
    let kills = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const server = await spawnTestServer({ dataDirectory: directory, address });
      if (round === 0) await registerAll(server, [...raw, sdk]);
      const publishing = [...raw.map((publisher) => publishRaw(server, publisher)), publishWithSdk(server, sdk)];
      await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 900));
      await server.kill('SIGKILL');
      kills++;
      await Promise.all(publishing);
    }
    expect(kills).toBe(ROUNDS);

    const kept = await readLog();
    const counts = [...raw, sdk].map(({ deviceId, acknowledged }) => ({
      deviceId,
      acknowledged: acknowledged.size,
      kept: kept.get(deviceId)?.length ?? 0,
    }));
    console.log(`killed ${kills} times; ${JSON.stringify(counts)}`);
    for (const { deviceId, acknowledged } of [...raw, sdk]) {
      const numbers = kept.get(deviceId) ?? [];
      const set = new Set(numbers);
      expect(
        [...acknowledged].filter((number) => !set.has(number)),
        `lost of ${deviceId}`,
      ).toEqual([]);
      expect(acknowledged.size).toBeGreaterThan(0);
    }
    for (const { deviceId } of raw) {
      const numbers = kept.get(deviceId) ?? [];
      expect(
        numbers.every((number, i) => i === 0 || number > (numbers[i - 1] as number)),
        `order of ${deviceId}`,
      ).toBe(true);
    }
    expect(counts.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(5_000);
  });
});

class Publisher {
  readonly deviceId: string;
  device!: TestDevice;
  next = 1;
  readonly acknowledged = new Set<number>();

  constructor(deviceId: string) {
    this.deviceId = deviceId;
  }
}

async function registerAll(server: SpawnedServer, publishers: readonly Publisher[]): Promise<void> {
  const registry = Registry.fromConnectionString(server.ready.hubConnectionString);
  for (const publisher of publishers) {
    const { responseBody } = await registry.create({ deviceId: publisher.deviceId });
    const primaryKey = responseBody.authentication?.symmetricKey?.primaryKey ?? '';
    publisher.device = {
      deviceId: publisher.deviceId,
      primaryKey,
      connectionString: deviceConnectionString(server.ready.hostName, publisher.deviceId, primaryKey),
    };
  }
}

/** Keeps WINDOW messages in flight until the connection breaks. */
async function publishRaw(server: SpawnedServer, publisher: Publisher): Promise<void> {
  const mqtt = await RawMqtt.open(server.ready);
  expect(await mqtt.connectAs(publisher.device, server.ready.hostName)).toBe(0);
  const inFlight = new Map<number, number>();
  const topic = `devices/${publisher.deviceId}/messages/events/`;
  const send = () => {
    const number = publisher.next++;
    const packetId = (number % 65_535) + 1;
    inFlight.set(packetId, number);
    mqtt.publish(topic, String(number), packetId);
  };
  await new Promise<void>((resolve) => {
    mqtt.socket.on('close', () => resolve());
    mqtt.socket.on('data', () => {
      for (const packet of mqtt.received.splice(0)) {
        if (packet.cmd !== 'puback' || packet.messageId === undefined) continue;
        publisher.acknowledged.add(inFlight.get(packet.messageId) ?? -1);
        inFlight.delete(packet.messageId);
        send();
      }
    });
    for (let i = 0; i < WINDOW; i++) send();
  });
}

/** One message after another through the official client; what it says was sent counts as acknowledged. */
async function publishWithSdk(server: SpawnedServer, publisher: Publisher): Promise<void> {
  const client = await deviceClient(publisher.device.connectionString, server.ready.caFile);
  client.setRetryPolicy({ shouldRetry: () => false, nextRetryTimeout: () => 0 });
  const disconnected = new Promise<false>((resolve) => client.on('disconnect', () => resolve(false)));
  client.on('error', () => {});
  for (;;) {
    const number = publisher.next++;
    const sent = client.sendEvent(new Message(String(number))).then(
      () => true,
      () => false,
    );
    if (!(await Promise.race([sent, disconnected]))) break;
    publisher.acknowledged.add(number);
  }
  await Promise.race([client.close().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 1_000))]);
}

async function readLog(): Promise<Map<string, number[]>> {
  const log = await openFileLog({
    directory: join(directory, 'log'),
    partitionCount: 8,
    clock: { now: () => Date.now() },
  });
  const kept = new Map<string, number[]>();
  for (let partition = 0; partition < log.partitionCount / 2; partition++) {
    const { first, next } = log.bounds(partition);
    for (let offset = first; offset < next; ) {
      const records = await log.read(partition, offset, 4 * 1_048_576);
      expect(records[0]?.offset).toBe(offset);
      for (const { data } of records) {
        const { deviceId, body } = decodeRecord(data);
        const numbers = kept.get(deviceId) ?? [];
        kept.set(deviceId, numbers);
        numbers.push(Number(body.toString()));
      }
      offset += records.length;
    }
  }
  await log.close();
  return kept;
}
