import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import type { JsonObject } from '../ports.ts';
import { createDevice } from '../registry/create-device.ts';
import { deleteDevice } from '../registry/delete-device.ts';
import { patchReported } from '../twin/patch-reported.ts';
import { patchTwin } from '../twin/patch-twin.ts';
import { queryFleet } from './query-fleet.ts';

let hub: TemporaryHub;

beforeAll(async () => {
  hub = await temporaryHub();
  for (let i = 0; i < 24; i++) {
    const deviceId = `d${String(i).padStart(2, '0')}`;
    await createDevice(hub, { deviceId });
    const site = i % 5 === 0 ? {} : { site: i % 2 === 0 ? 'north' : 'south' };
    await patchTwin(
      hub,
      { deviceId },
      { tags: { ...site, row: i % 3, mixed: [i, `t${i}`, true, null][i % 4] } },
      undefined,
    );
    await patchReported(hub, { deviceId }, { temperature: i * 1.5 }, null);
  }
  for (const moduleId of ['camera', 'motor']) await createDevice(hub, { deviceId: 'd01', moduleId });
});
afterAll(() => hub.close());

async function all(text: string, limit = 5, between: (page: number) => Promise<void> = async () => {}) {
  const items: JsonObject[] = [];
  let continuation: string | null | undefined;
  for (let page = 0; continuation !== null; page++) {
    const answer = await queryFleet(hub, text, { limit, ...(continuation === undefined ? {} : { continuation }) });
    expect(answer.items.length).toBeLessThanOrEqual(limit);
    items.push(...answer.items);
    continuation = answer.continuation;
    await between(page);
  }
  return items;
}
const ids = (items: readonly JsonObject[]) => items.map(({ deviceId }) => deviceId);

describe('queryFleet', () => {
  it('counts, adds and groups, in pages', async () => {
    const sums = await all(`SELECT COUNT() AS n, COUNT(tags.site) AS sited, SUM(properties.reported.temperature) AS sum,
      AVG(properties.reported.temperature), MIN(properties.reported.temperature) AS low, MAX(deviceId) AS last,
      SUM(tags.nowhere) AS nothing FROM devices`);
    expect(sums).toEqual([{ n: 24, sited: 19, sum: 414, $4: 17.25, low: 0, last: 'd23' }]);
    const text =
      'SELECT tags.site, tags.row, COUNT() AS n FROM devices GROUP BY tags.site, tags.row ORDER BY n DESC, tags.row';
    const groups = await all(text, 2);
    expect(groups).toHaveLength(9);
    expect(groups).toEqual(await all(text, 100));
    expect(groups.map(({ n }) => n)).toEqual([...groups.map(({ n }) => n)].sort((a, b) => Number(b) - Number(a)));
    expect(groups.reduce((sum, { n }) => sum + Number(n), 0)).toBe(24);
    // Those without a site are a group without one.
    expect(groups.filter((group) => !('site' in group)).reduce((sum, { n }) => sum + Number(n), 0)).toBe(5);
  });

  it('sorts by values of every type, both ways, in pages', async () => {
    const text = 'SELECT deviceId, tags.mixed FROM devices ORDER BY tags.mixed';
    const up = await all(text, 100);
    const types = up.map(({ mixed }) => typeof mixed);
    // A null in a patch removes, so what is null above is undefined.
    expect([...new Set(types)]).toEqual(['undefined', 'boolean', 'number', 'string']);
    expect(await all(text, 3)).toEqual(up);
    const down = await all(`${text} DESC, deviceId DESC`, 4);
    expect(ids(down)).toEqual(ids(up).reverse());
  });

  it('ends at TOP, wherever pages end', async () => {
    expect(ids(await all('SELECT TOP 7 deviceId FROM devices', 3))).toEqual([
      'd00',
      'd01',
      'd02',
      'd03',
      'd04',
      'd05',
      'd06',
    ]);
    expect(await all('SELECT TOP 3 deviceId FROM devices', 3)).toHaveLength(3);
  });

  it('finds modules', async () => {
    expect(await all('SELECT deviceId, moduleId FROM devices.modules', 1)).toEqual([
      { deviceId: 'd01', moduleId: 'camera' },
      { deviceId: 'd01', moduleId: 'motor' },
    ]);
    const [module] = await all("SELECT * FROM devices.modules WHERE moduleId = 'motor'");
    expect(module).toMatchObject({ deviceId: 'd01', moduleId: 'motor', properties: { desired: { $version: 1 } } });
    expect(module).not.toHaveProperty('capabilities');
  });

  it('tells who is connected now', async () => {
    hub.sessions.enter(new RecordingSession({ deviceId: 'd03' }, hub.clock.now()));
    const [twin] = await all("SELECT * FROM devices WHERE deviceId = 'd03'");
    expect(twin).toMatchObject({ connectionState: 'Connected', lastActivityTime: '2030-01-01T00:00:00.0000000Z' });
  });

  it('shows each device once that was there all the time, whatever happens between pages', async () => {
    const items = await all('SELECT * FROM devices', 5, async (page) => {
      await createDevice(hub, { deviceId: `a-new-${page}` });
      await createDevice(hub, { deviceId: `z-new-${page}` });
      await patchTwin(hub, { deviceId: 'd00' }, { tags: { page } }, undefined).catch(() => {});
      if (page === 1) await deleteDevice(hub, { deviceId: 'd09' }, undefined);
    });
    const found = ids(items);
    expect(new Set(found).size).toBe(found.length);
    for (let i = 0; i < 24; i++) {
      const id = `d${String(i).padStart(2, '0')}`;
      if (id !== 'd09') expect(found).toContain(id);
    }
  });

  it('refuses a continuation of another query, and what is none', async () => {
    const { continuation } = await queryFleet(hub, 'SELECT * FROM devices', { limit: 1 });
    const given = { limit: 1, continuation: continuation ?? '' };
    await expect(queryFleet(hub, 'SELECT deviceId FROM devices', given)).rejects.toMatchObject({
      code: 'argument.invalid',
      message: expect.stringContaining('belongs to another query'),
    });
    const forged = Buffer.from('["x",null,{"a":1}]').toString('base64url');
    for (const text of ['nonsense', '', 'bnVsbA', forged]) {
      await expect(queryFleet(hub, 'SELECT * FROM devices', { limit: 1, continuation: text })).rejects.toMatchObject({
        message: expect.stringContaining('not one that this hub gave out'),
      });
    }
  });

  it('takes SQL in values, names and aliases for what it is: text', async () => {
    const attacks = [
      "'; DROP TABLE twin; --",
      '") or 1=1 --',
      "x' UNION SELECT sealed FROM policy --",
      '$.a"); delete from twin; --',
      '?1',
    ];
    for (const attack of attacks) {
      const name = attack.replaceAll(']', '');
      const where = `tags.site = ${JSON.stringify(attack)} OR tags[${JSON.stringify(attack)}] = 1 OR tags.[[${name}]].b = 2`;
      expect(await all(`SELECT deviceId AS [[${name}]], tags.[[${name}]].x FROM devices WHERE ${where}`)).toEqual([]);
      const [row] = await all(`SELECT TOP 1 deviceId AS [[${name}]] FROM devices ORDER BY tags.[[${name}]]`);
      expect(Object.keys(row ?? {})).toEqual([name]);
    }
    expect((await all('SELECT COUNT() AS n FROM devices'))[0]).toEqual({ n: expect.any(Number) });
  });

  it('tells how jobs went on each device', async () => {
    const database = new Database(join(hub.directory, 'hub.sqlite'));
    const job =
      database.prepare(`insert into job values (?, 'scheduleDeviceMethod', 'completed', x'00', 1, 1, 1, 2, null, 1, 1, 3, 2, 1,
      0, 100, 0)`);
    const outcome = database.prepare('insert into job_device values (?, ?, ?, ?, 1000, ?, ?, ?, ?, ?)');
    job.run('j1');
    outcome.run('j1', 'd01', '', 'completed', 2000, 3000, '{"status":200,"payload":{"a":1}}', null, null);
    outcome.run('j1', 'd01', 'camera', 'pending', null, null, null, null, null);
    outcome.run('j1', 'd02', '', 'failed', 2000, 4000, null, 'device.notOnline', 'it sleeps');
    job.run('j2');
    outcome.run('j2', 'd01', '', 'completed', 2000, 3000, '{"status":404,"payload":null}', null, null);
    database.close();
    const rows = await all("SELECT * FROM devices.jobs WHERE devices.jobs.jobId = 'j1'", 1);
    expect(rows).toEqual([
      {
        ...{ deviceId: 'd01', jobId: 'j1', jobType: 'scheduleDeviceMethod', status: 'completed' },
        ...{ startTimeUtc: '1970-01-01T00:00:02.0000000Z', endTimeUtc: '1970-01-01T00:00:03.0000000Z' },
        createdDateTimeUtc: '1970-01-01T00:00:01.0000000Z',
        lastUpdatedDateTimeUtc: '1970-01-01T00:00:03.0000000Z',
        outcome: { deviceMethodResponse: { status: 200, payload: { a: 1 } } },
      },
      {
        ...{ deviceId: 'd01', moduleId: 'camera', jobId: 'j1', jobType: 'scheduleDeviceMethod', status: 'pending' },
        createdDateTimeUtc: '1970-01-01T00:00:01.0000000Z',
        lastUpdatedDateTimeUtc: '1970-01-01T00:00:01.0000000Z',
      },
      expect.objectContaining({ status: 'failed', error: { code: 'device.notOnline', description: 'it sleeps' } }),
    ]);
    const missing = 'SELECT * FROM devices.jobs WHERE outcome.deviceMethodResponse.status >= 400';
    expect((await all(missing)).map(({ jobId }) => jobId)).toEqual(['j2']);
    expect((await all('SELECT * FROM devices.jobs ORDER BY endTimeUtc DESC', 1))[0]).toMatchObject({ deviceId: 'd02' });
    const { itemType } = await queryFleet(hub, missing, { limit: 1 });
    expect(itemType).toBe('DeviceJob');
  });
});
