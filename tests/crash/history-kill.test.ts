import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { deviceConnectionString } from '@viaduct/contracts';
import { decodeRecord } from '@viaduct/hub';
import { openFileLog } from '@viaduct/log';
import { nextLoopbackAddress, RawMqtt, type SpawnedServer, spawnTestServer, type TestDevice } from '@viaduct/testkit';
import { Registry } from 'azure-iothub';
import { afterAll, describe, expect, it } from 'vitest';

const KILLS = 4;
const DEVICES = 6;
const WINDOW = 32;
const address = nextLoopbackAddress();
const directory = await mkdtemp(join(tmpdir(), 'viaduct-history-crash-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Points and the place in the log are one transaction: whenever the process dies, the history goes on exactly where it is. */
describe('kill -9 while the history is written', () => {
  it(`leaves as many points of each device as the log has messages, after ${KILLS} kills`, async () => {
    const devices: TestDevice[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const server = await spawnTestServer({ dataDirectory: directory, address });
      if (kill === 0) devices.push(...(await registerAll(server)));
      const publishing = devices.map((device) => publishUntilKilled(server, device));
      // Some commits of the history lie in between, and one is under way, or about to be.
      await new Promise((resolve) => setTimeout(resolve, 700 + Math.random() * 1_200));
      await server.kill('SIGKILL');
      await Promise.all(publishing);
    }
    const server = await spawnTestServer({ dataDirectory: directory, address });
    await expect.poll(() => recordsBehind(server), { timeout: 30_000 }).toBe(0);
    // In order: the file is let go of, and everything is in it.
    expect(await server.kill('SIGTERM')).toBe(0);

    const messages = await readLog();
    const points = await readPoints();
    console.log(`killed ${KILLS} times; ${JSON.stringify([...messages].map(([id, { length }]) => [id, length]))}`);
    expect(messages.size).toBe(DEVICES);
    expect([...messages.values()].reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(1_000);
    for (const [deviceId, numbers] of messages) expect(points.get(deviceId), deviceId).toEqual(numbers);
  });
});

async function registerAll(server: SpawnedServer): Promise<TestDevice[]> {
  const registry = Registry.fromConnectionString(server.ready.hubConnectionString);
  const ids = Array.from({ length: DEVICES }, (_, i) => `device-${i}`);
  return Promise.all(
    ids.map(async (deviceId) => {
      const { responseBody } = await registry.create({ deviceId });
      const primaryKey = responseBody.authentication?.symmetricKey?.primaryKey ?? '';
      const connectionString = deviceConnectionString(server.ready.hostName, deviceId, primaryKey);
      return { deviceId, primaryKey, connectionString };
    }),
  );
}

/** Keeps WINDOW messages in flight, numbered over all rounds, until the connection breaks. */
async function publishUntilKilled(server: SpawnedServer, device: TestDevice): Promise<void> {
  const mqtt = await RawMqtt.open(server.ready);
  expect(await mqtt.connectAs(device, server.ready.hostName)).toBe(0);
  const send = () => {
    const number = nextNumber();
    const body = `{"n":${number},"inner":{"twice":${2 * number}}}`;
    mqtt.publish(`devices/${device.deviceId}/messages/events/`, body, (number % 65_535) + 1);
  };
  await new Promise<void>((resolve) => {
    mqtt.socket.on('close', () => resolve());
    mqtt.socket.on('data', () => {
      for (const { cmd } of mqtt.received.splice(0)) if (cmd === 'puback') send();
    });
    for (let i = 0; i < WINDOW; i++) send();
  });
}

let lastNumber = 0;
function nextNumber(): number {
  lastNumber += 1;
  return lastNumber;
}

async function recordsBehind(server: SpawnedServer): Promise<number> {
  const text = await (await fetch(`http://${server.address}:9464/metrics`)).text();
  const running = /^viaduct_history_state\{state="running"\} 1$/m.test(text);
  const behind = [...text.matchAll(/^viaduct_history_behind_records\{[^}]*\} (\d+)$/gm)];
  return running ? behind.reduce((sum, [, records]) => sum + Number(records), 0) : Number.NaN;
}

async function readLog(): Promise<Map<string, number[]>> {
  const clock = { now: () => Date.now() };
  const log = await openFileLog({ directory: join(directory, 'log'), partitionCount: 8, clock });
  const kept = new Map<string, number[]>();
  for (let partition = 0; partition < log.partitionCount / 2; partition++) {
    const { first, next } = log.bounds(partition);
    for (let offset = first; offset < next; ) {
      const records = await log.read(partition, offset, 4 * 1_048_576);
      for (const { data } of records) {
        const { deviceId, body } = decodeRecord(data);
        const { n } = JSON.parse(body.toString()) as { n: number };
        const numbers = kept.get(deviceId);
        if (numbers === undefined) kept.set(deviceId, [n]);
        else numbers.push(n);
      }
      offset += records.length;
    }
  }
  await log.close();
  return kept;
}

/** In the order in which the device said them: a double, a gap or a wrong `seq` would show. */
async function readPoints(): Promise<Map<string, number[]>> {
  const instance = await DuckDBInstance.create(join(directory, 'history.duckdb'));
  const connection = await instance.connect();
  const sql = `SELECT device_id, list(number ORDER BY enqueued_time, seq) FILTER (name = 'n') AS numbers,
                 count(*) FILTER (name = 'inner.twice') = len(numbers) AS whole
               FROM points JOIN series USING (series_id) GROUP BY device_id`;
  const rows = (await connection.runAndReadAll(sql)).getRowsJS();
  connection.closeSync();
  instance.closeSync();
  expect(rows.every(([, , whole]) => whole)).toBe(true);
  return new Map(rows.map(([deviceId, numbers]) => [String(deviceId), numbers as number[]]));
}
