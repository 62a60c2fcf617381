import type {
  Dashboard,
  DashboardFile,
  DashboardSummary,
  LandingDashboards,
  NewDashboard,
  TileConfiguration,
} from '@viaduct/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES } from '../access/caller.ts';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let console: ConsoleUnderTest;
let browser: Browser;
beforeAll(async () => {
  console = await openConsole();
  browser = await signedInBrowser(console);
});
afterAll(() => console.close());

const LINE: TileConfiguration = {
  type: 'lineChart',
  group: 'floor',
  devices: [],
  capabilities: [{ capability: 'temperature', aggregateFunction: 'avg' }],
  queryRange: { type: 'time', duration: 'P1D', resolution: 'PT1H' },
  extension: { colors: { temperature: '#ff0000' }, splitBy: 'device' },
};
const tile = (configuration: TileConfiguration) => ({
  displayName: 'T',
  x: 0,
  y: 0,
  width: 4,
  height: 2,
  configuration,
});
const NEW: NewDashboard = {
  displayName: ' Floor ',
  personal: false,
  tiles: [tile(LINE), tile({ type: 'gauge', group: '$floor', devices: ['$pump'], min: 0, max: 9 })],
  extension: { variables: [{ name: 'floor', kind: 'group' }], timeRange: { from: 'now-PT1H', to: 'now' } },
};

async function make(change: Partial<NewDashboard> = {}): Promise<Dashboard> {
  const answer = await browser.request('POST', '/dashboards', { ...NEW, ...change });
  expect(answer.statusCode).toBe(201);
  return answer.json();
}

describe('dashboards in the console', () => {
  it('are made, read, listed, changed, marked and removed', async () => {
    const made = await make();
    expect(made).toMatchObject({ displayName: 'Floor', owner: 'ada', personal: false, favorite: false });
    expect(new Set(made.tiles.map(({ id }) => id)).size).toBe(2);
    expect(made.tiles[0]).toMatchObject(NEW.tiles[0]!);
    expect((await browser.request('PUT', `/dashboards/${made.id}/favorite`, { favorite: true })).statusCode).toBe(204);
    const [listed] = (await browser.request('GET', '/dashboards')).json<DashboardSummary[]>();
    expect(listed).toMatchObject({ id: made.id, favorite: true, tileCount: 2, description: null });

    const changed = (await browser.request('PUT', `/dashboards/${made.id}`, { ...made, displayName: 'Hall' })).json();
    expect(changed).toMatchObject({ displayName: 'Hall', tiles: made.tiles, favorite: true });
    const stale = await browser.request('PUT', `/dashboards/${made.id}`, { ...made, displayName: 'Lost' });
    expect([stale.statusCode, stale.json().code]).toEqual([412, 'etag.mismatch']);
    expect((await browser.request('DELETE', `/dashboards/${made.id}`)).statusCode).toBe(204);
    expect((await browser.request('GET', `/dashboards/${made.id}`)).statusCode).toBe(404);
  });

  it('are copied, pinned to, and travel as files', async () => {
    const made = await make({ extension: { description: 'All of it' } });
    const copy = (
      await browser.request('POST', `/dashboards/${made.id}/copy`, { displayName: 'Mine', personal: true })
    ).json<Dashboard>();
    expect(copy).toMatchObject({ displayName: 'Mine', personal: true, extension: made.extension });
    const pin = { displayName: 'Pinned', width: 3, height: 2, configuration: LINE };
    const pinned = (await browser.request('POST', `/dashboards/${copy.id}/tiles`, pin)).json<Dashboard>();
    expect(pinned.tiles.at(-1)).toMatchObject({ ...pin, x: 0, y: 2, id: expect.any(String) });

    const download = await browser.request('GET', `/dashboards/${copy.id}/file`);
    expect(download.headers['content-disposition']).toContain('Mine.dashboard.json');
    const file = download.json<DashboardFile>();
    expect(file.tiles[0]).not.toHaveProperty('id');
    const imported = await browser.request('POST', '/dashboards/import', { file, personal: false });
    expect(imported.json()).toMatchObject({ displayName: 'Mine', personal: false, extension: made.extension });
    const old = { file: { ...file, $schema: 'urn:viaduct:dashboard:9' }, personal: false };
    expect((await browser.request('POST', '/dashboards/import', old)).json().code).toBe('central.bodyInvalid');
  });

  it('come from the documents of Azure IoT Central, and what is not understood says so in its place', async () => {
    const document = {
      ...{
        id: 'fleet',
        displayName: 'Fleet',
        personal: false,
        favorite: true,
        etag: '"1"',
        organizations: ['seattle'],
      },
      tiles: [
        { id: 'a', ...tile({ ...LINE, extension: undefined } as never) },
        { id: 'b', ...tile({ type: 'hologram', group: 'g' } as never), x: 4, width: 40 },
        null,
      ],
    };
    const answer = await browser.request('POST', '/dashboards/import', { file: document, personal: false });
    const { id, tiles, organizations } = answer.json<Dashboard>();
    expect(id).not.toBe('fleet');
    expect(organizations).toBeUndefined();
    expect(tiles.map(({ configuration }) => configuration.type)).toEqual(['lineChart', 'markdown', 'markdown']);
    expect(tiles[1]).toMatchObject({
      ...{ displayName: 'T', x: 4, width: 3, height: 2 },
      configuration: { description: expect.stringMatching(/could not be brought along.*type[\s\S]*"hologram"/) },
    });
    for (const file of [{}, { displayName: 5, tiles: [] }, { displayName: 'X', tiles: 'many' }]) {
      const refused = await browser.request('POST', '/dashboards/import', { file, personal: false });
      expect(refused.json().code).toBe('central.bodyInvalid');
    }
    const nameless = await browser.request('POST', '/dashboards', { ...NEW, displayName: 5 });
    expect(nameless.json().code).toBe('central.bodyInvalid');
  });

  it('are personal where they are, and nobody else sees them', async () => {
    const made = await make({ personal: true });
    const other = { kind: 'person', name: 'eve', role: ROLES.administrator } as const;
    const { dashboards } = console.central;
    expect((await dashboards.list(other)).map(({ id }) => id)).not.toContain(made.id);
    await expect(dashboards.get(other, made.id)).rejects.toMatchObject({
      code: 'central.forbidden',
      message: 'the dashboard is a personal one of ada, who can share it',
    });
    const shared = await dashboards.change({ ...other, name: 'ada' }, made.id, { ...made, personal: false });
    await expect(dashboards.change(other, made.id, { ...shared, personal: true })).rejects.toMatchObject({
      code: 'central.forbidden',
    });
    const operator = { ...other, role: ROLES.operator };
    await expect(dashboards.change(operator, made.id, shared)).rejects.toMatchObject({ code: 'central.forbidden' });
    expect((await dashboards.create(operator, { ...NEW, personal: true })).owner).toBe('eve');
  });

  it("are what a person begins with: their choice, or everybody's, as long as they may see it", async () => {
    const choose = async (whose: 'own' | 'everybody', dashboardId: string | null) =>
      (await browser.request('PUT', '/landing-dashboards', { whose, dashboardId })).json<LandingDashboards>();
    const [wall, mine] = [await make(), await make({ personal: true })];
    expect((await browser.request('GET', '/landing-dashboards')).json()).toEqual({ own: null, everybody: null });
    expect(await choose('everybody', mine.id)).toMatchObject({ code: 'central.forbidden' });
    await choose('everybody', wall.id);
    expect(await choose('own', mine.id)).toEqual({ own: mine.id, everybody: wall.id });
    expect(await choose('own', 'none')).toMatchObject({ code: 'central.notFound' });

    // Shared and taken back, it is the same dashboard at the same address; nobody else begins with it any more.
    const { etag } = (await browser.request('PUT', `/dashboards/${mine.id}`, { ...mine, personal: false })).json();
    expect(await choose('everybody', mine.id)).toEqual({ own: mine.id, everybody: mine.id });
    await browser.request('PUT', `/dashboards/${mine.id}`, { ...mine, personal: true, etag });
    expect((await browser.request('GET', '/landing-dashboards')).json()).toEqual({ own: mine.id, everybody: null });
    await browser.request('DELETE', `/dashboards/${mine.id}`);
    expect(await choose('everybody', null)).toEqual({ own: null, everybody: null });
  });

  it.each<[string, object, RegExp]>([
    ['a kind that there is not', { type: 'lava' }, /type/],
    ['a member that there is not', { ...LINE, colour: 'red' }, /no member "colour"/],
    ['a range that there is not', { ...LINE, queryRange: { type: 'time', duration: 'P1Y' } }, /duration.*P30D/],
    ['a colour that is none', { ...LINE, extension: { colors: { a: 'red' } } }, /colors/],
    ['script behind a link', { type: 'markdown', description: 'x', href: 'java\tscript:alert(1)' }, /href.*https/],
    ['a page without TLS', { type: 'externalContent', sourceUrl: 'http://example.net' }, /sourceUrl/],
    ['a picture that is none', { type: 'image', image: 'data:text/html,x' }, /image/],
  ])('refuses %s', async (_what, configuration, words) => {
    const tiles = [tile(configuration as TileConfiguration)];
    const answer = await browser.request('POST', '/dashboards', { ...NEW, tiles });
    expect([answer.statusCode, answer.json().code, answer.json().message]).toEqual([
      400,
      'central.bodyInvalid',
      expect.stringMatching(words),
    ]);
  });
});
