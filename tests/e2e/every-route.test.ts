import { existsSync } from 'node:fs';
import type { Dashboard, DeviceGroupView } from '@viaduct/contracts';
import { startTestServer, type TestServer } from '@viaduct/testkit';
import { Client, Message } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, openSignedInPage, type SignedInPage } from './signed-in-page.ts';

/** A hundred pages: half a minute on a machine of its own, ten times that on one that does much else. */
const SWEEP_MS = 600_000;
const DEVICE = 'pump-1';
const MODEL_ID = 'dtmi:test:every:Pump;1';
const MODEL = {
  '@context': ['dtmi:iotcentral:context;2', 'dtmi:dtdl:context;2'],
  '@id': MODEL_ID,
  '@type': 'Interface',
  displayName: 'Pump',
  contents: [
    { '@type': ['Telemetry', 'Temperature'], name: 'temperature', schema: 'double', unit: 'degreeCelsius' },
    { '@type': 'Telemetry', name: 'place', schema: 'geopoint' },
    { '@type': 'Telemetry', name: 'running', schema: 'boolean' },
    { '@type': 'Property', name: 'interval', schema: 'integer', writable: true },
    { '@type': 'Property', name: 'serialNumber', schema: 'string' },
    { '@type': ['Property', 'Cloud'], name: 'owner', schema: 'string' },
    { '@type': 'Command', name: 'reboot' },
  ],
};

/** Every page there is, with something on it. */
describe.skipIf(!existsSync(CHROMIUM))('every route of the console', () => {
  let server: TestServer;
  let browser: SignedInPage;
  let device: Client;
  let addresses: Readonly<Record<string, string>>;

  beforeAll(async () => {
    server = await startTestServer();
    browser = await openSignedInPage(server);
    await browser.api('POST', 'templates', { document: MODEL });
    device = await comeIn(server);
    addresses = { ...FIXED, ...(await fill(browser)) };
  });

  afterAll(async () => {
    await device?.close();
    await browser?.close();
    await server?.stop();
  });

  it('has an address here', async () => {
    const known = await browser.page.evaluate<string[]>('Object.keys(__TSR_ROUTER__.routesByPath)');
    expect(known.map((path) => path.replace(/(?<=.)\/$/, '')).filter((path) => !(path in addresses))).toEqual([]);
  });

  it(
    'is whole, fits wide and narrow screens, and is accessible in the light and in the dark',
    async () => {
      await browser.expectFit(Object.values(addresses));
      expect(browser.complaints).toEqual([]);
    },
    SWEEP_MS,
  );
});

/** Of each route, below `/console/`, that names nothing which `fill` makes. */
const FIXED = {
  '/': '',
  '/setup': 'setup?token=used',
  '/sign-in': 'sign-in',
  '/devices': 'devices',
  '/devices/$deviceId': `devices/${DEVICE}`,
  '/devices/$deviceId/about': `devices/${DEVICE}/about`,
  '/devices/$deviceId/messages': `devices/${DEVICE}/messages`,
  '/devices/$deviceId/properties': `devices/${DEVICE}/properties`,
  '/devices/$deviceId/methods': `devices/${DEVICE}/methods`,
  '/devices/$deviceId/commands': `devices/${DEVICE}/commands`,
  '/devices/$deviceId/modules': `devices/${DEVICE}/modules`,
  '/devices/$deviceId/modules/$moduleId': `devices/${DEVICE}/modules/camera`,
  '/devices/$deviceId/modules/$moduleId/telemetry': `devices/${DEVICE}/modules/camera/telemetry`,
  '/devices/$deviceId/modules/$moduleId/commands': `devices/${DEVICE}/modules/camera/commands`,
  '/devices/$deviceId/modules/$moduleId/connections': `devices/${DEVICE}/modules/camera/connections`,
  '/devices/$deviceId/modules/$moduleId/history': `devices/${DEVICE}/modules/camera/history`,
  '/devices/$deviceId/modules/$moduleId/credentials': `devices/${DEVICE}/modules/camera/credentials`,
  '/devices/$deviceId/files': `devices/${DEVICE}/files`,
  '/devices/$deviceId/connections': `devices/${DEVICE}/connections`,
  '/devices/$deviceId/history': `devices/${DEVICE}/history`,
  '/devices/$deviceId/credentials': `devices/${DEVICE}/credentials`,
  '/devices/$deviceId/connect': `devices/${DEVICE}/connect`,
  '/explorer': 'explorer?lines=temperature:avg&split=device',
  '/dashboards': 'dashboards',
  '/map': 'map',
  '/groups': 'groups',
  '/groups/new': 'groups/new',
  '/certificates': 'certificates',
  '/query': `query?q=${encodeURIComponent('SELECT * FROM devices')}`,
  '/events': 'events',
  '/models': 'models',
  '/models/new': `models/new?device=${DEVICE}`,
  '/models/$templateId': `models/${encodeURIComponent(MODEL_ID)}`,
  '/jobs': 'jobs',
  '/jobs/new': 'jobs/new?kind=method',
  '/jobs/$jobId': 'jobs/restart',
  '/configurations': 'configurations',
  '/configurations/new': 'configurations/new',
  '/configurations/$id': 'configurations/often',
  '/routing': 'routing',
  '/routing/routes/new': 'routing/routes/new',
  '/routing/routes/$name': 'routing/routes/hot',
  '/routing/endpoints/new': 'routing/endpoints/new?kind=webhook',
  '/routing/endpoints/$name': 'routing/endpoints/alarms',
  '/enrollments': 'enrollments',
  '/enrollments/new': 'enrollments/new',
  '/enrollments/$kind/$id': 'enrollments/group/stations',
  '/attempts': 'attempts',
  '/linked-hubs': 'linked-hubs',
  '/tokens': 'tokens',
  '/api-tokens': 'api-tokens',
};

/** A device of the model, by the unmodified SDK, that has said and reported something. */
async function comeIn(server: TestServer): Promise<Client> {
  const client = Client.fromConnectionString((await server.createDevice(DEVICE)).connectionString, Mqtt);
  await client.setOptions({ modelId: MODEL_ID });
  await client.open();
  const twin = await client.getTwin();
  await new Promise<void>((done, fail) => {
    const reported = { serialNumber: 'P-4711', interval: { value: 5, ac: 200, av: 1 } };
    twin.properties.reported.update(reported, (error: Error | null) => (error ? fail(error) : done()));
  });
  for (let count = 0; count < 3; count += 1) {
    const body = { temperature: 20 + count, running: count > 0, place: { lat: 51, lon: 13.7 }, unheardOf: count };
    await client.sendEvent(new Message(JSON.stringify(body)));
  }
  return client;
}

/** Something of each kind. Answers with the addresses whose names the server has chosen. */
async function fill({ api }: SignedInPage): Promise<Readonly<Record<string, string>>> {
  await api('POST', `devices/${DEVICE}/modules`, { moduleId: 'camera' });
  await api('POST', 'jobs', { jobId: 'restart', condition: '*', method: { methodName: 'reboot', payload: null } });
  await api('POST', 'configurations', {
    id: 'often',
    content: { deviceContent: { 'properties.desired.interval': 5 } },
    targetCondition: "tags.site = 'north'",
    priority: 1,
  });
  const configuration = { url: 'http://127.0.0.1:9/' };
  await api('PUT', 'routing/endpoints/alarms', { kind: 'webhook', configuration, isPaused: true });
  await api('PUT', 'routing/routes/hot', {
    source: 'DeviceMessages',
    condition: '$body.temperature > 30',
    endpointNames: ['alarms'],
    isEnabled: true,
  });
  await api('POST', 'provisioning/enrollments/group', { id: 'stations', proof: { kind: 'symmetricKey' } });
  const group = await api<DeviceGroupView>('POST', 'groups', {
    displayName: 'Pumps',
    filter: `SELECT * FROM devices WHERE $template = '${MODEL_ID}'`,
  });
  const dashboard = await api<Dashboard>('POST', 'dashboards', {
    displayName: 'Cellar',
    personal: false,
    tiles: [
      {
        displayName: 'Note',
        x: 0,
        y: 0,
        width: 4,
        height: 2,
        configuration: { type: 'markdown', description: '**Cellar**' },
      },
    ],
  });
  return { '/groups/$groupId': `groups/${group.groupId}`, '/dashboards/$dashboardId': `dashboards/${dashboard.id}` };
}
