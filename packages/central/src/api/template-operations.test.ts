import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES } from '../access/caller.ts';
import { askCentral } from '../testing/ask-central.ts';
import { type ConsoleUnderTest, openConsole } from '../testing/console-under-test.ts';
import { requireValid } from './validate.ts';

let served: ConsoleUnderTest;
beforeAll(async () => {
  served = await openConsole();
});
afterAll(() => served.close());

const ID = 'dtmi:contoso:pumpTemplate;1';
const PATH = `/deviceTemplates/${encodeURIComponent(ID)}`;
const telemetry = (name: string) => ({ '@type': 'Telemetry', name, schema: 'double' });
const pump = (name = 'flow') => ({
  '@type': ['ModelDefinition', 'DeviceModel'],
  displayName: 'Pump',
  capabilityModel: {
    '@context': ['dtmi:iotcentral:context;2', 'dtmi:dtdl:context;2'],
    '@id': 'dtmi:contoso:Pump;1',
    '@type': 'Interface',
    contents: [telemetry(name)],
  },
  vendor: 'kept',
});
const ask = (method: string, path: string, more: object = {}) => askCentral(served, method, path, more);

describe('device templates over REST', () => {
  it('are published by being put, and read as they were written', async () => {
    const made = await ask('PUT', PATH, { body: pump() });
    expect([made.statusCode, made.json()]).toEqual([200, { '@id': ID, ...pump(), etag: expect.any(String) }]);
    expect(made.headers.etag).toBeDefined();
    requireValid('DeviceTemplate', made.json());
    expect((await ask('GET', PATH)).json()).toEqual(made.json());
    expect(served.central.templates.findByModelId('dtmi:contoso:Pump;1')?.templateId).toBe(ID);
  });

  it('are patched, against a version that is given', async () => {
    const { etag } = (await ask('GET', PATH)).json();
    const patched = await ask('PATCH', PATH, { body: { displayName: 'Big pump' }, headers: { 'if-match': etag } });
    expect(patched.json()).toMatchObject({ displayName: 'Big pump', vendor: 'kept' });
    const late = await ask('PATCH', PATH, { body: { displayName: 'x' }, headers: { 'if-match': etag } });
    expect(late.statusCode).toBe(412);
  });

  it('are listed in pages, in either order, without drafts', async () => {
    await ask('PUT', '/deviceTemplates/dtmi:contoso:a;1', { body: { ...pump(), displayName: 'A' } });
    await served.central.templates.saveDraft('dtmi:contoso:draft;1', pump());
    const names = async (query: string) =>
      (await ask('GET', `/deviceTemplates${query}`))
        .json()
        .value.map(({ displayName }: { displayName: string }) => displayName);
    expect(await names('?orderby=displayName')).toEqual(['A', 'Big pump']);
    expect(await names('?orderby=displayName desc')).toEqual(['Big pump', 'A']);
    const first = (await ask('GET', '/deviceTemplates?maxpagesize=1')).json();
    expect(first.nextLink).toContain('$skiptoken'.replace('$', '%24'));
    expect((await ask('GET', '/deviceTemplates/dtmi:contoso:draft;1')).statusCode).toBe(404);
    expect((await ask('GET', '/deviceTemplates?orderby=etag')).statusCode).toBe(400);
  });

  it('name the element that is no DTDL', async () => {
    const answer = await ask('PUT', PATH, { body: pump('not a name') });
    expect(answer.json()).toMatchObject({ error: { message: expect.stringContaining("'not a name'") } });
    expect((await ask('PUT', '/deviceTemplates/pump', { body: pump() })).statusCode).toBe(422);
    expect((await ask('PUT', PATH, { body: { '@type': ['x'] } })).statusCode).toBe(400);
  });

  it('are changed by builders, not by operators', async () => {
    const { token } = (await ask('PUT', '/apiTokens/op', { body: { roles: [{ role: ROLES.operator }] } })).json();
    expect((await ask('GET', PATH, { token })).statusCode).toBe(200);
    expect((await ask('PUT', PATH, { token, body: pump() })).statusCode).toBe(403);
    expect((await ask('DELETE', PATH, { token })).statusCode).toBe(403);
    expect((await ask('DELETE', PATH)).statusCode).toBe(204);
    expect((await ask('GET', PATH)).statusCode).toBe(404);
  });
});
