import { startTestServer, type TestServer, until } from '@viaduct/testkit';
import { Client, Message } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callCentral } from './sdk/central.ts';

/** The query language over REST, about what an unmodified device SDK sent. */
const TEMPLATE = 'dtmi:test:boilerTemplate;1';
const deviceId = 'boiler1';

let server: TestServer;
let device: Client;
const ask = async (query: string) => (await callCentral(server, null, 'Query_Run', { body: { query } })).body;

beforeAll(async () => {
  server = await startTestServer();
  await callCentral(server, null, 'DeviceTemplates_Create', { params: { deviceTemplateId: TEMPLATE }, body: BOILER });
  await callCentral(server, null, 'Devices_Create', {
    params: { deviceId },
    body: { template: TEMPLATE, displayName: 'Boiler' },
  });
  const { symmetricKey } = (await callCentral(server, null, 'Devices_GetCredentials', { params: { deviceId } })).body;
  const host = new URL(server.ready.central.url).hostname;
  device = Client.fromConnectionString(
    `HostName=${host};DeviceId=${deviceId};SharedAccessKey=${symmetricKey.primaryKey}`,
    Mqtt,
  );
  await device.open();
  for (const [temperature, pressure] of [
    [60, 1],
    [70, 2],
    [80, 3],
  ]) {
    await device.sendEvent(new Message(JSON.stringify({ temperature })));
    const ofPump = new Message(JSON.stringify({ pressure }));
    ofPump.properties.add('$.sub', 'pump');
    await device.sendEvent(ofPump);
  }
  await until(
    async () =>
      (await ask(`SELECT COUNT(pump.pressure) AS n FROM ${TEMPLATE}`)).results[0]?.n === 3 ? true : undefined,
    {
      what: 'the history',
      timeoutMs: 10_000,
    },
  );
});
afterAll(async () => {
  await device.close();
  await server.stop();
});

describe('POST /api/query', () => {
  it('answers telemetry, a row a message', async ({ task }) => {
    const query = `SELECT TOP 2 $id, $ts, temperature AS t FROM ${TEMPLATE} WHERE WITHIN_WINDOW(PT1H) AND t > 50 ORDER BY t DESC`;
    const { body } = await callCentral(server, task, 'Query_Run', { body: { query } });
    const $ts = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(body).toEqual({
      results: [
        { $id: deviceId, $ts, t: 80 },
        { $id: deviceId, $ts, t: 70 },
      ],
    });
  });

  it('counts by windows, with components', async () => {
    const { results } = await ask(
      `SELECT AVG(temperature), MAX(pump.pressure) AS p FROM ${TEMPLATE} WHERE $id = '${deviceId}' AND WITHIN_WINDOW(P1D) GROUP BY WINDOW(P1D)`,
    );
    expect(results.at(-1)).toMatchObject({ $ts: expect.stringMatching(/T00:00:00.000Z$/) });
    expect(results.map(({ avg_temperature, p }: Record<string, unknown>) => [avg_temperature, p])).toContainEqual([
      70, 3,
    ]);
  });

  it('answers properties, a row a device', async () => {
    const query = `SELECT $id, $provisioned, $simulated FROM ${TEMPLATE}`;
    expect(await ask(query)).toEqual({ results: [{ $id: deviceId, $provisioned: true, $simulated: false }] });
  });

  it.each([
    ['SELECT temprature FROM devices', 'InvalidQuery', /character 8, near "temprature".*did you mean temperature/],
    ['SELECT temperature FROM dtmi:no:such;1', 'InvalidQuery', /no device template/],
    [`SELECT temperature FROM ${TEMPLATE} WHERE temperature >`, 'InvalidQuery', /at its end/],
  ])('refuses %j', async (query, code, why) => {
    const { status, body } = await callCentral(server, null, 'Query_Run', { body: { query } });
    expect([status, body.error]).toMatchObject([422, { code, message: expect.stringMatching(why) }]);
  });
});

const BOILER = {
  '@type': ['ModelDefinition', 'DeviceModel'],
  displayName: 'Boiler',
  capabilityModel: {
    '@context': ['dtmi:iotcentral:context;2', 'dtmi:dtdl:context;2'],
    '@id': 'dtmi:test:boiler;1',
    '@type': 'Interface',
    contents: [
      { '@type': 'Telemetry', name: 'temperature', schema: 'double' },
      {
        '@type': 'Component',
        name: 'pump',
        schema: {
          '@id': 'dtmi:test:pump;1',
          '@type': 'Interface',
          contents: [{ '@type': 'Telemetry', name: 'pressure', schema: 'double' }],
        },
      },
    ],
  },
};
