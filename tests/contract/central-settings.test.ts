import { askToRegister, deriveDeviceKey, issueCertificate, startTestServer, type TestServer } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callCentral } from './sdk/central.ts';

/** What an application is set to: who may come, where files go, dashboards, templates, organizations, people; over TLS. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('enrolment groups', () => {
  const params = { enrollmentGroupId: 'Line-4' };

  it('by keys let devices in whose keys derive from them', async ({ task }) => {
    const body = { displayName: 'Line 4', type: 'iot', attestation: { type: 'symmetricKey' } };
    const made = (await callCentral(server, task, 'EnrollmentGroups_Create', { params, body })).body;
    expect(made).toMatchObject({ id: 'Line-4', ...body, enabled: true, idScope: server.ready.provisioning.idScope });
    const key = deriveDeviceKey(made.attestation.symmetricKey.primaryKey, 'd1');
    expect((await askToRegister(server.ready, { registrationId: 'd1', key })).status).toBe(202);

    const patch = { displayName: 'Line four', enabled: false };
    const stale = { params, body: patch, headers: { 'if-match': '"other"' } };
    expect((await callCentral(server, task, 'EnrollmentGroups_Update', stale)).status).toBe(412);
    const headers = { 'if-match': `"${made.etag}"` };
    const changed = (await callCentral(server, task, 'EnrollmentGroups_Update', { params, body: patch, headers })).body;
    expect(changed).toMatchObject({ ...patch, attestation: made.attestation });
    expect((await callCentral(server, task, 'EnrollmentGroups_Get', { params })).body).toEqual(changed);
    expect((await askToRegister(server.ready, { registrationId: 'd2', key })).status).toBe(401);
    expect((await callCentral(server, task, 'EnrollmentGroups_List')).body.value).toContainEqual(changed);
    expect((await callCentral(server, task, 'EnrollmentGroups_Remove', { params })).status).toBe(204);
    expect((await callCentral(server, task, 'EnrollmentGroups_Get', { params })).status).toBe(404);
  });

  it('by certificates let nobody in before one is proved', async ({ task }) => {
    const root = await issueCertificate({ commonName: 'Root of line 5', ca: true });
    const params = { enrollmentGroupId: 'Line-5' };
    const first = { ...params, entry: 'primary' };
    const inProvisioning = () => server.provisioning.enrollments.find('group', 'Line-5');
    const body = { displayName: 'Line 5', type: 'iotEdge', attestation: { type: 'x509' } };
    const made = (await callCentral(server, task, 'EnrollmentGroups_Create', { params, body })).body;
    expect(made.attestation).toEqual({ type: 'x509', x509: { signingCertificates: {} } });

    const certificate = { certificate: root.pem };
    const put = await callCentral(server, task, 'EnrollmentGroups_CreateX509', { params: first, body: certificate });
    const sha1Thumbprint = root.certificate.fingerprint.replaceAll(':', '');
    expect(put.body).toMatchObject({ verified: false, info: { sha1Thumbprint } });
    expect(await inProvisioning()).toBeUndefined();

    const code = (await callCentral(server, task, 'EnrollmentGroups_GenerateVerificationCodeX509', { params: first }))
      .body;
    const wrong = { params: first, body: { certificate: root.pem } };
    expect((await callCentral(server, task, 'EnrollmentGroups_VerifyX509', wrong)).status).toBe(400);
    const proof = await issueCertificate({ commonName: code.verificationCode, issuer: root });
    const right = { params: first, body: { certificate: proof.pem } };
    expect((await callCentral(server, task, 'EnrollmentGroups_VerifyX509', right)).status).toBe(204);
    expect((await callCentral(server, task, 'EnrollmentGroups_GetX509', { params: first })).body.verified).toBe(true);
    expect(await inProvisioning()).toMatchObject({
      capabilities: { iotEdge: true },
      attestation: { kind: 'caReferences', secondary: null },
    });

    const second = { ...params, entry: 'secondary' };
    const other = await issueCertificate({ commonName: 'Second root', ca: true });
    const vouched = { certificate: other.pem, verified: true };
    await callCentral(server, task, 'EnrollmentGroups_CreateX509', { params: second, body: vouched });
    expect((await inProvisioning())?.attestation).toMatchObject({ secondary: expect.any(String) });
    const read = (await callCentral(server, task, 'EnrollmentGroups_Get', { params })).body;
    expect(Object.keys(read.attestation.x509.signingCertificates)).toEqual(['primary', 'secondary']);
    for (const each of [first, second]) {
      expect((await callCentral(server, task, 'EnrollmentGroups_RemoveX509', { params: each })).status).toBe(204);
    }
    expect(await inProvisioning()).toBeUndefined();
    expect((await callCentral(server, task, 'EnrollmentGroups_Get', { params })).body).toMatchObject({
      type: 'iotEdge',
    });
    const missing = { params: { ...params, entry: 'third' } };
    expect((await callCentral(server, task, 'EnrollmentGroups_GetX509', missing)).status).toBe(400);
    expect((await callCentral(server, task, 'EnrollmentGroups_Remove', { params })).status).toBe(204);
  });
});

describe('file uploads', () => {
  it('are set once, and the key is told to nobody', async ({ task }) => {
    expect((await callCentral(server, task, 'FileUploads_Get')).status).toBe(404);
    const connectionString = 'DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=c2VjcmV0;EndpointSuffix=x.net';
    const body = { connectionString, container: 'uploads', sasTtl: 'PT2H' };
    const made = (await callCentral(server, task, 'FileUploads_Create', { body })).body;
    expect(made).toMatchObject({ account: 'acme', container: 'uploads', sasTtl: 'PT2H', state: 'succeeded' });
    expect(made.connectionString).toBe(connectionString.replace('c2VjcmV0', '*****'));
    const patch = { body: { container: 'more', readAccess: true } };
    const changed = (await callCentral(server, task, 'FileUploads_Update', patch)).body;
    expect(changed).toMatchObject({ ...made, ...patch.body, etag: expect.any(String) });
    expect((await callCentral(server, task, 'FileUploads_Get')).body).toEqual(changed);
    const wrong = { body: { ...body, sasTtl: 'PT90H' } };
    expect((await callCentral(server, task, 'FileUploads_Create', wrong)).status).toBe(400);
    expect((await callCentral(server, task, 'FileUploads_Remove')).status).toBe(204);
  });
});

describe('dashboards', () => {
  const params = { dashboardId: 'floor:1' };
  const data = { group: 'g1', devices: ['d1'], capabilities: [{ capability: 't', aggregateFunction: 'avg' }] };
  const queryRange = { type: 'time', duration: 'PT1H', resolution: 'PT1M' };
  const configurations = [
    ...['barChart', 'pieChart', 'heatMapChart', 'eventChart', 'stateChart', 'eventHistoryChart', 'stateHistoryChart'],
    ...['kpi', 'comparison', 'histogram'],
  ].map((type): object => ({ type, ...data, queryRange }));
  configurations.push(
    { type: 'lineChart', ...data, queryRange: { type: 'count', count: 100 }, format: { legendEnabled: false } },
    ...['lkv', 'property', 'mapProperty', 'mapTelemetry', 'gauge', 'table', 'log'].map((type) => ({ type, ...data })),
    { type: 'command', device: 'd1', command: 'reboot' },
    { type: 'dataExplorer', queryRange, query: 'q1' },
    { type: 'deviceCount', group: 'g1', format: { textSize: 30, unit: 'pt' } },
    { type: 'externalContent', sourceUrl: 'https://example.net/' },
    { type: 'image', image: 'data:image/png;base64,AAAA', format: { fitImage: true } },
    { type: 'label', text: 'Hall' },
    { type: 'markdown', description: '# Hall', href: 'https://example.net/' },
    { type: 'alertList', group: 'g1' },
    { type: 'commandPad', device: '$pump', commands: ['start', 'stop'] },
    { type: 'writableProperty', device: '$pump', properties: ['interval'] },
  );
  const tiles = configurations.map((configuration, at) => ({
    ...{ displayName: `Tile ${at}`, x: at % 10, y: 2 * Math.floor(at / 10), width: 1, height: 2 },
    configuration,
  }));

  it('hold every kind of tile, byte for byte', async ({ task }) => {
    expect(new Set(configurations.map((one) => (one as { type: string }).type)).size).toBe(28);
    const made = (
      await callCentral(server, task, 'Dashboards_Create', { params, body: { displayName: 'Floor', tiles } })
    ).body;
    expect(made).toMatchObject({ id: 'floor:1', displayName: 'Floor', personal: false, favorite: false });
    expect(made.tiles.map(({ id: _id, ...tile }: { id: string }) => tile)).toEqual(tiles);
    const patch = { displayName: 'Hall', favorite: true };
    const changed = (await callCentral(server, task, 'Dashboards_Update', { params, body: patch })).body;
    expect(changed).toMatchObject({ ...patch, tiles: made.tiles });
    const stale = { params, body: patch, headers: { 'if-match': made.etag } };
    expect((await callCentral(server, task, 'Dashboards_Update', stale)).status).toBe(412);
    expect((await callCentral(server, task, 'Dashboards_Get', { params })).body).toEqual(changed);
    expect((await callCentral(server, task, 'Dashboards_List', { query: { maxpagesize: '1' } })).body.value).toEqual([
      changed,
    ]);
    const ordered = await callCentral(server, task, 'Dashboards_List', { query: { orderby: 'displayName desc' } });
    expect(ordered.body.value).toEqual([changed]);
    expect((await callCentral(server, task, 'Dashboards_List', { query: { filter: "id eq 'x'" } })).status).toBe(400);
    expect((await callCentral(server, task, 'Dashboards_Remove', { params })).status).toBe(204);
    expect((await callCentral(server, task, 'Dashboards_Remove', { params })).status).toBe(404);
  });

  it.each<[string, object]>([
    ['a tile without a kind', { tiles: [{ ...tiles[0], configuration: {} }] }],
    ['a tile that is too wide', { tiles: [{ ...tiles[0], width: 11 }] }],
    ['more tiles than there may be', { tiles: Array(101).fill(tiles[0]) }],
    ['no name', { displayName: '' }],
    [
      'script behind a link',
      { tiles: [{ ...tiles[0], configuration: { type: 'image', href: 'javascript:alert(1)' } }] },
    ],
  ])('refuse %s', async (_what, change) => {
    const asked = { params, body: { displayName: 'x', ...change }, isWrong: true };
    const answer = await callCentral(server, null, 'Dashboards_Create', asked);
    expect([answer.status, answer.body.error.code]).toEqual([400, 'InvalidBody']);
  });
});

describe('device templates', () => {
  const params = { deviceTemplateId: 'dtmi:acme:pump;1' };
  const capabilityModel = {
    '@id': 'dtmi:acme:pumpModel;1',
    '@type': 'Interface',
    '@context': 'dtmi:dtdl:context;2',
    contents: [{ '@type': 'Telemetry', name: 'pressure', schema: 'double' }],
  };

  it('are published by PUT, read as they were written, changed, listed and removed', async ({ task }) => {
    const body = { '@type': ['ModelDefinition', 'DeviceModel'], displayName: 'Pump', capabilityModel };
    const made = (await callCentral(server, task, 'DeviceTemplates_Create', { params, body })).body;
    expect(made).toMatchObject({ '@id': params.deviceTemplateId, ...body });
    const patch = { params, body: { displayName: 'Big pump' } };
    const changed = (await callCentral(server, task, 'DeviceTemplates_Update', patch)).body;
    expect(changed).toMatchObject({ displayName: 'Big pump', capabilityModel });
    expect((await callCentral(server, task, 'DeviceTemplates_Get', { params })).body).toEqual(changed);
    expect((await callCentral(server, task, 'DeviceTemplates_List')).body.value).toEqual([changed]);
    expect((await callCentral(server, task, 'DeviceTemplates_Remove', { params })).status).toBe(204);
    expect((await callCentral(server, task, 'DeviceTemplates_Get', { params })).status).toBe(404);
  });
});

describe('organizations and people', () => {
  it('are a tree', async ({ task }) => {
    const make = (organizationId: string, body: object) =>
      callCentral(server, task, 'Organizations_Create', { params: { organizationId }, body });
    expect((await make('acme', { displayName: 'Acme' })).body).toEqual({ id: 'acme', displayName: 'Acme' });
    expect((await make('north', { parent: 'acme' })).body).toEqual({
      id: 'north',
      displayName: 'north',
      parent: 'acme',
    });
    expect((await make('lost', { parent: 'nobody' })).status).toBe(400);
    expect((await make('-bad', {})).status).toBe(400);
    const params = { organizationId: 'acme' };
    const loop = { params, body: { parent: 'north' } };
    expect((await callCentral(server, task, 'Organizations_Update', loop)).status).toBe(400);
    const renamed = { params, body: { displayName: 'ACME' } };
    expect((await callCentral(server, task, 'Organizations_Update', renamed)).body.displayName).toBe('ACME');
    expect((await callCentral(server, task, 'Organizations_Get', { params })).body.displayName).toBe('ACME');
    expect((await callCentral(server, task, 'Organizations_List')).body.value).toHaveLength(2);
    expect((await callCentral(server, task, 'Organizations_Remove', { params })).status).toBe(409);
    for (const organizationId of ['north', 'acme']) {
      const removed = await callCentral(server, task, 'Organizations_Remove', { params: { organizationId } });
      expect(removed.status).toBe(204);
    }
  });

  it('are whoever set up the console', async ({ task }) => {
    expect((await callCentral(server, task, 'Users_List')).body).toEqual({ value: [] });
    const token = new URL(server.ready.adminLink ?? '').searchParams.get('token');
    const setUp = { token, userName: 'Ada Lovelace', password: 'correct horse battery' };
    const origin = new URL(server.ready.central.url).origin;
    const body = JSON.stringify(setUp);
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${origin}/console/api/setup`, { method: 'POST', headers, body })).ok).toBe(true);
    const [user] = (await callCentral(server, task, 'Users_List')).body.value;
    expect(user).toMatchObject({
      type: 'email',
      email: 'Ada Lovelace',
      id: expect.stringMatching(/^[a-zA-Z0-9-_]{1,48}$/),
    });
    expect((await callCentral(server, task, 'Users_Get', { params: { userId: user.id } })).body).toEqual(user);
  });
});
