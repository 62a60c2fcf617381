import type {
  InferredTemplate,
  KnownInterface,
  ModelFault,
  TemplateImpact,
  TemplateProposal,
  TemplateRow,
  TemplateView,
} from '@viaduct/contracts';
import { AuthMethod, acceptTelemetry, patchReported } from '@viaduct/hub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let served: ConsoleUnderTest;
let browser: Browser;
beforeAll(async () => {
  served = await openConsole();
  browser = await signedInBrowser(served);
});
afterAll(() => served.close());

const ID = 'dtmi:acme:Pump;1';
const at = (id: string, rest = '') => `/templates/${encodeURIComponent(id)}${rest}`;
const telemetry = (name: string, schema = 'double') => ({ '@type': 'Telemetry', name, schema });
const pump = (...contents: readonly object[]) => ({
  '@context': 'dtmi:dtdl:context;2',
  '@id': ID,
  '@type': 'Interface',
  displayName: 'Pump',
  contents,
});
const json = async <T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) =>
  (await browser.request(method, path, body)).json<T>();

async function say(deviceId: string, body: object, component?: string): Promise<void> {
  const speaker = { deviceId, generationId: '1', authMethod: AuthMethod.deviceKey, modelId: null };
  const bag = component === undefined ? '' : `%24.sub=${component}`;
  await acceptTelemetry(served.hub, speaker, { bag, body: Buffer.from(JSON.stringify(body)), flags: 0 });
}

describe('templates in the console', () => {
  it('are imported once it was seen what they are, and replaced only on purpose', async () => {
    const document = pump(telemetry('flow'), telemetry('level'));
    const seen = await json<TemplateProposal>('POST', '/templates/check', { document });
    expect(seen).toMatchObject({ templateId: ID, exists: false, impact: null, summary: { telemetry: [{}, {}] } });
    expect(await json<TemplateRow[]>('GET', '/templates')).toEqual([]);
    const made = await browser.request('POST', '/templates', { document });
    expect([made.statusCode, made.json()]).toMatchObject([201, { templateId: ID, isPublished: true, devices: 0 }]);
    expect((await browser.request('POST', '/templates', { document })).json()).toMatchObject({
      code: 'template.exists',
    });
    expect((await browser.request('POST', '/templates', { document, replace: true })).statusCode).toBe(201);
    const wrong = await browser.request('POST', '/templates/check', { document: pump(telemetry('a b')) });
    expect([wrong.statusCode, wrong.json()]).toMatchObject([400, { message: expect.stringContaining("'a b'") }]);
  });

  it('say what a draft would break before it is published', async () => {
    await served.central.groups.put({
      groupId: 'full',
      displayName: 'Full pumps',
      description: '',
      filterText: `SELECT * FROM devices WHERE $template = "${ID}" AND serial = "x"`,
      organizations: [],
      isDefault: false,
    });
    await served.central.devices.create('d1', { templateId: ID });
    const capabilityModel = pump(telemetry('flow', 'integer'), { ...telemetry('power'), displayName: 'P' });
    const draft = await json<TemplateView>('PUT', at(ID, '/draft'), { document: { capabilityModel } });
    expect(draft).toMatchObject({ hasDraft: true, summary: { telemetry: [{ name: 'flow' }, { name: 'level' }] } });
    const impact = await json<TemplateImpact>('GET', at(ID, '/impact'));
    expect(impact).toMatchObject({ added: ['power'], changed: ['flow'], removed: ['level'] });
    expect(impact.uses.map(({ displayName }) => displayName)).toEqual(
      expect.arrayContaining(['1 device', 'Full pumps']),
    );
    const stale = await browser.request('POST', at(ID, '/publish'), { etag: 'x' });
    expect(stale.json()).toMatchObject({ code: 'etag.mismatch' });
    const { etag } = draft;
    const published = await json<TemplateView>('POST', at(ID, '/publish'), { etag });
    expect(published).toMatchObject({ hasDraft: false, devices: 1, summary: { telemetry: [{}, { name: 'power' }] } });
    expect((await browser.request('DELETE', at(ID))).json()).toMatchObject({ code: 'template.inUse' });
  });

  it('have versions that devices are migrated to', async () => {
    const next = await json<TemplateView>('POST', at(ID, '/version'));
    expect(next).toMatchObject({ templateId: 'dtmi:acme:Pump;2', modelId: 'dtmi:acme:Pump;2', isPublished: false });
    const early = await browser.request('POST', at('dtmi:acme:Pump;2', '/migrate'), { fromTemplateId: ID });
    expect(early.json()).toMatchObject({ code: 'template.invalid' });
    await json('POST', at('dtmi:acme:Pump;2', '/publish'), {});
    const one = await json('POST', at('dtmi:acme:Pump;2', '/migrate'), { deviceIds: ['none'] });
    expect(one).toMatchObject({ migrated: 0, failed: [{ deviceId: 'none' }] });
    const all = await json('POST', at('dtmi:acme:Pump;2', '/migrate'), { fromTemplateId: ID });
    expect(all).toEqual({ migrated: 1, failed: [], isCut: false });
    expect((await browser.request('DELETE', at(ID))).statusCode).toBe(204);
    const file = await json('GET', at('dtmi:acme:Pump;2', '/file?as=dtdl'));
    expect(file).toMatchObject({ '@type': 'Interface', '@id': 'dtmi:acme:Pump;2' });
    expect(await json('GET', at('dtmi:acme:Pump;2', '/file'))).toMatchObject({ capabilityModel: file });
  });

  it('are told what is wrong with them at its place, and which interfaces there are to be built of', async () => {
    const next = { ...pump(telemetry('flow')), '@id': 'dtmi:acme:Pump;9' };
    const faults = (contents: readonly object[]) =>
      json<ModelFault[]>('POST', '/templates/faults', { document: { capabilityModel: { ...next, contents } } });
    expect(await faults([telemetry('flow')])).toEqual([]);
    expect(await faults([telemetry('flow'), telemetry('a b', 'dubble')])).toMatchObject([
      { path: ['capabilityModel', 'contents', 1], property: 'name' },
      { path: ['capabilityModel', 'contents', 1], property: 'schema' },
    ]);
    const found = await json<KnownInterface[]>('GET', '/templates/interfaces?search=thermo');
    expect(found).toContainEqual({
      modelId: 'dtmi:com:example:Thermostat;1',
      displayName: 'Thermostat',
      source: 'folder',
      document: null,
    });
    const pumps = await json<KnownInterface[]>('GET', '/templates/interfaces?search=ACME%3Apump');
    expect(pumps).toMatchObject([{ modelId: 'dtmi:acme:Pump;2', source: 'template' }]);
    const whole = await json<KnownInterface>(
      'GET',
      at('dtmi:com:example:TemperatureController;1').replace('/templates', '/templates/interfaces'),
    );
    expect(whole.document).toMatchObject({ '@id': 'dtmi:com:example:TemperatureController;1' });
    expect(JSON.stringify(whole.document)).toContain('maxTempSinceLastReboot');
    const unknown = await browser.request('GET', '/templates/interfaces/dtmi%3Anone%3B1');
    expect(unknown.json()).toMatchObject({ code: 'model.notFound' });
  });

  it('are published while devices send, and nothing of it is lost', async () => {
    const id = 'dtmi:acme:Pump;2';
    const sent = Array.from({ length: 40 }, (_, index) => say('d1', { flow: index }));
    const changes = [telemetry('flow'), telemetry('flow', 'integer')].map(async (content) => {
      const document = { capabilityModel: { ...pump(content), '@id': id } };
      await json('PUT', at(id, '/draft'), { document });
      return (await browser.request('POST', at(id, '/publish'), {})).statusCode;
    });
    await Promise.all(sent);
    // Of two who publish at once, one may be told that the draft became another under it.
    expect((await Promise.all(changes)).every((status) => status === 200 || status === 412)).toBe(true);
    expect(await served.central.devices.get('d1')).toMatchObject({ templateId: id });
    const { summary } = await json<TemplateView>('GET', at(id));
    expect(summary.telemetry.map(({ name }) => name)).toEqual(['flow']);
  });

  it('are made of what a device sends, and grow by one value', async () => {
    await served.central.devices.create('boiler-7', { displayName: `Boiler ${'x'.repeat(80)}` });
    for (let i = 0; i < 12; i++) await say('boiler-7', { temperature: 20 + i / 2, state: i % 2 === 0 ? 'on' : 'off' });
    await say('boiler-7', { rpm: 900 }, 'pump');
    await patchReported(served.hub, { deviceId: 'boiler-7' }, { serial: 'b7', pump: { __t: 'c', hours: 5 } }, null);
    const proposal = await json<InferredTemplate>('GET', '/devices/boiler-7/proposal');
    expect(proposal).toMatchObject({
      templateId: 'dtmi:viaduct:device:boiler_7;1',
      displayName: expect.stringMatching(/^Boiler x{57}$/),
      messages: 13,
    });
    expect(proposal.fields.map(({ component, name, role }) => [component, name, role])).toEqual([
      [null, 'state', 'State'],
      [null, 'temperature', null],
      [null, 'serial', null],
      ['pump', 'rpm', null],
      ['pump', 'hours', null],
    ]);
    const { templateId, displayName, fields } = proposal;
    const made = await browser.request('POST', '/devices/boiler-7/proposal', { templateId, displayName, fields });
    expect([made.statusCode, made.json()]).toMatchObject([201, { devices: 1, isPublished: true }]);
    expect(await served.central.devices.get('boiler-7')).toMatchObject({ templateId });

    await say('boiler-7', { pressure_kPa: 101.3 });
    const wanted = { kind: 'telemetry', component: null, name: 'pressure_kPa' };
    const grown = await browser.request('POST', '/devices/boiler-7/capability', wanted);
    expect(grown.statusCode).toBe(201);
    expect(grown.json<TemplateView>().summary.telemetry).toContainEqual(
      expect.objectContaining({ name: 'pressure_kPa', unit: 'kPa', semanticType: 'Pressure' }),
    );
    expect((await browser.request('POST', '/devices/boiler-7/capability', wanted)).statusCode).toBe(422);
    const never = await browser.request('POST', '/devices/boiler-7/capability', { ...wanted, name: 'never' });
    expect(never.json()).toMatchObject({ message: 'never was not sent in the last day' });
  });
});
