import { startTestServer, type TestServer, until } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callCentral } from './sdk/central.ts';
import { signedInFetch } from './sdk/console.ts';

/** Groups of devices over REST, and a thousand devices out of a file. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const LINES = 1_000;

describe('a thousand devices', () => {
  it('are imported, found by groups, exported and imported again', { timeout: 60_000 }, async ({ task }) => {
    const ask = await signedInFetch(server);
    const lines = Array.from({ length: LINES }, (_, index) => `m${index},Machine ${index},${index % 10}`);
    const file = ['IOTC_DEVICEID,IOTC_DEVICENAME,floor', ...lines, 'm7,twice,1'].join('\r\n');
    const begun = await ask('POST', '/imports?fileName=machines.csv', file, 'text/csv');
    const { importId } = (await begun.json()) as { importId: string };
    const done = await until(
      async () => {
        const view = (await (await ask('GET', `/imports/${importId}`)).json()) as Record<string, unknown>;
        return view.state === 'running' ? undefined : view;
      },
      { what: 'the end of the import', timeoutMs: 50_000 },
    );
    expect(done).toMatchObject({ state: 'done', created: LINES, refused: 1, lines: LINES + 1 });
    expect(done.refusals).toMatchObject([{ line: LINES + 2, deviceId: 'm7', code: 'device.exists' }]);

    const params = { deviceGroupId: 'third-floor' };
    const body = { displayName: 'Third floor', filter: 'SELECT * FROM devices WHERE floor = 3' };
    const made = (await callCentral(server, task, 'DeviceGroups_Create', { params, body })).body;
    expect(made).toEqual({ id: 'third-floor', ...body, etag: expect.any(String) });
    const ids: string[] = [];
    let answer = await callCentral(server, task, 'DeviceGroups_GetDevices', { params, query: { maxpagesize: '40' } });
    for (;;) {
      ids.push(...(answer.body.value as { id: string }[]).map(({ id }) => id));
      if (answer.body.nextLink === undefined) break;
      const $skiptoken = new URL(answer.body.nextLink).searchParams.get('$skiptoken') ?? '';
      answer = await callCentral(server, null, 'DeviceGroups_GetDevices', {
        params,
        query: { maxpagesize: '40', $skiptoken },
      });
    }
    expect(new Set(ids).size).toBe(100);
    const patched = await callCentral(server, task, 'DeviceGroups_Update', {
      params,
      body: { description: 'All of it' },
    });
    expect((await callCentral(server, task, 'DeviceGroups_Get', { params })).body).toEqual(patched.body);
    expect((await callCentral(server, task, 'DeviceGroups_List')).body.value).toEqual([patched.body]);
    const headers = { 'if-match': made.etag };
    const stale = await callCentral(server, null, 'DeviceGroups_Update', {
      params,
      body: { displayName: 'x' },
      headers,
    });
    expect(stale.status).toBe(412);
    const wrong = { ...body, filter: 'SELECT * FROM devices WHERE floor ==' };
    const refused = await callCentral(server, null, 'DeviceGroups_Create', { params, body: wrong });
    expect([refused.status, refused.body.error.code]).toEqual([422, 'InvalidQuery']);
    expect((await callCentral(server, task, 'DeviceGroups_Remove', { params })).status).toBe(204);
    expect((await callCentral(server, null, 'DeviceGroups_Get', { params })).status).toBe(404);

    const exported = await (await ask('GET', '/exports/devices?search=Machine%2099')).text();
    expect(exported.trim().split('\r\n')).toHaveLength(12);
  });
});
