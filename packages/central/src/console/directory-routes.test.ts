import type { DirectoryDevice, DirectoryOutcome, DirectoryRow, GroupPreview, Page } from '@viaduct/contracts';
import { createDevice } from '@viaduct/hub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

let server: ConsoleUnderTest;
let browser: Browser;

beforeEach(async () => {
  server = await openConsole();
  browser = await signedInBrowser(server);
});
afterEach(() => server.close());

const rows = async (query: string) => {
  const answer = await browser.request('GET', `/devices?${query}`);
  expect(answer.statusCode).toBe(200);
  return answer.json<Page<DirectoryRow>>();
};
const whereFloor = (floor: number) => `SELECT * FROM devices WHERE floor = ${floor}`;

describe('the list of devices', () => {
  it('shows at once who was made by any door, with the columns that are asked for', async () => {
    await createDevice(server.hub, { deviceId: 'd2' });
    const made = await browser.request('POST', '/directory/devices', { deviceId: 'd1', displayName: 'Boiler' });
    expect(made.json<DirectoryDevice>()).toMatchObject({ deviceId: 'd1', displayName: 'Boiler', cloudProperties: [] });
    await browser.request('PATCH', '/devices/d1/cloud-properties', { floor: 3 });
    const { items, total } = await rows('columns=floor,nothing&orderBy=displayName&order=desc');
    expect(total).toBe(2);
    expect(items.map(({ displayName, values }) => [displayName, values])).toEqual([
      ['d2', [null, null]],
      ['Boiler', [3, null]],
    ]);
    expect((await rows(`filter=${encodeURIComponent(whereFloor(3))}`)).items.map((row) => row.deviceId)).toEqual([
      'd1',
    ]);
    expect((await rows('search=OIL')).total).toBe(1);
    expect((await browser.request('GET', '/directory/columns')).json()).toEqual([
      { path: 'floor', displayName: null, unit: null },
    ]);
    const wrong = await browser.request('GET', '/devices?filter=SELECT');
    expect(wrong.json()).toMatchObject({ code: 'query.invalid', at: { offset: 6 } });
  });

  it('is acted on many at a time, each with an outcome of its own', async () => {
    await createDevice(server.hub, { deviceId: 'd1' });
    const bulk = async (body: object) =>
      (await browser.request('POST', '/directory/bulk', { deviceIds: ['d1', 'nobody'], ...body })).json<
        DirectoryOutcome[]
      >();
    expect((await bulk({ action: 'block' })).map(({ error }) => error?.code)).toEqual([undefined, 'device.notFound']);
    expect((await rows('state=disabled')).items.map(({ deviceId }) => deviceId)).toEqual(['d1']);
    expect((await bulk({ action: 'migrate', templateId: 'dtmi:no:such;1' }))[0]?.error?.code).toBe('template.notFound');
    await bulk({ action: 'approve' });
    expect((await rows('state=enabled')).total).toBe(1);
    const ids = await browser.request('POST', '/directory/ids', { state: 'enabled' });
    expect(ids.json()).toEqual({ deviceIds: ['d1'], isCut: false });
    await bulk({ action: 'delete' });
    expect((await rows('')).total).toBe(0);
  });

  it('refuses who read a device before somebody else changed it', async () => {
    await createDevice(server.hub, { deviceId: 'd1' });
    const { etag } = (await browser.request('GET', '/devices/d1/directory')).json<DirectoryDevice>();
    const change = (displayName: string) => browser.request('PATCH', '/devices/d1/directory', { displayName, etag });
    expect((await change('Pump')).json()).toMatchObject({ displayName: 'Pump' });
    expect((await change('Fan')).statusCode).toBe(412);
  });
});

describe('groups', () => {
  it('are made, previewed, changed and removed', async () => {
    await createDevice(server.hub, { deviceId: 'd1' });
    await browser.request('PATCH', '/devices/d1/cloud-properties', { floor: 3 });
    const preview = await browser.request('POST', '/groups/preview', { filter: whereFloor(3) });
    expect(preview.json<GroupPreview>()).toMatchObject({ count: 1, devices: [{ deviceId: 'd1' }] });
    const made = await browser.request('POST', '/groups', { displayName: 'Third floor', filter: whereFloor(3) });
    expect(made.statusCode).toBe(201);
    const { groupId, etag } = made.json<{ groupId: string; etag: string }>();
    expect((await browser.request('GET', `/groups/${groupId}`)).json()).toMatchObject({
      count: 1,
      filter: whereFloor(3),
    });
    expect((await rows(`group=${groupId}`)).total).toBe(1);
    const changed = { displayName: 'Fourth floor', filter: whereFloor(4), etag };
    expect((await browser.request('PUT', `/groups/${groupId}`, changed)).statusCode).toBe(200);
    expect((await browser.request('PUT', `/groups/${groupId}`, changed)).statusCode).toBe(412);
    expect((await browser.request('DELETE', `/groups/${groupId}`)).statusCode).toBe(204);
    expect((await browser.request('GET', `/devices?group=${groupId}`)).statusCode).toBe(404);
  });
});
