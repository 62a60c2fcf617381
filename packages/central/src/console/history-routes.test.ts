import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HistoryAnswer, LatestValue, SeriesAnswer } from '@viaduct/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askCentral } from '../testing/ask-central.ts';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';
import { say } from '../testing/fake-session.ts';

let console: ConsoleUnderTest;
let browser: Browser;

beforeAll(async () => {
  console = await openConsole({ history: true });
  browser = await signedInBrowser(console);
  for (const id of ['d1', 'd2']) await console.central.devices.create(id, { displayName: `Device ${id}` });
  for (let i = 0; i < 5; i++)
    await say(console.hub, 'd1', JSON.stringify({ temperature: 20 + i, note: '=1+1', place: { lat: i } }));
  await say(console.hub, 'd2', JSON.stringify({ temperature: 40, on: true }));
  await console.central.history.caughtUp();
});
afterAll(() => console.close());

const query = (text: string) => browser.request('POST', '/history/query', { query: text });
const HOUR = { kind: 'last', duration: 'PT1H' };

describe('history of the console', () => {
  it('answers charts, a batch at a time', async () => {
    const request = {
      source: { kind: 'all' },
      name: 'temperature',
      aggregate: 'max',
      splitBy: 'device',
      range: HOUR,
      resolution: 'PT1H',
    };
    const states = {
      source: { kind: 'devices', deviceIds: ['d1'] },
      name: 'note',
      aggregate: 'none',
      newest: 2,
      range: HOUR,
    };
    const [max, notes] = (await browser.request('POST', '/history/series', { requests: [request, states] })).json<
      SeriesAnswer[]
    >();
    expect(max?.lines.map(({ label, values }) => [label, Math.max(...(values as number[]))])).toEqual([
      ['Device d1', 24],
      ['Device d2', 40],
    ]);
    expect(notes?.lines[0]?.values).toEqual(['=1+1', '=1+1']);
    expect((await query(max!.query)).json<HistoryAnswer>().columns.map(({ name }) => name)).toEqual([
      '$ts',
      '$id',
      'max_temperature',
    ]);
  });

  it('answers what was last said, modelled or not', async () => {
    const all = (await browser.request('POST', '/history/latest', { source: { kind: 'all' } })).json<LatestValue[]>();
    expect(all.map(({ deviceId, name, value }) => [deviceId, name, value])).toEqual([
      ['d1', 'note', '=1+1'],
      ['d1', 'place', { lat: 4 }],
      ['d1', 'place.lat', 4],
      ['d1', 'temperature', 24],
      ['d2', 'on', true],
      ['d2', 'temperature', 40],
    ]);
    const some = {
      source: { kind: 'devices', deviceIds: ['d2'] },
      names: [{ name: 'temperature' }, { name: 'nothing' }],
    };
    expect((await browser.request('POST', '/history/latest', some)).json()).toMatchObject([
      { deviceId: 'd2', value: 40 },
    ]);
  });

  it('answers queries with the types of their columns, and says where one is wrong', async () => {
    const answer = (
      await query("SELECT TOP 1 $id, $ts, temperature, place FROM devices WHERE $id = 'd1'")
    ).json<HistoryAnswer>();
    expect(answer.columns.map(({ type }) => type)).toEqual(['text', 'time', 'number', 'json']);
    expect(answer.rows).toEqual([['d1', expect.stringMatching(/^\d{4}-.*Z$/), 24, { lat: 4 }]]);
    const refused = await query('SELECT temprature FROM devices');
    expect([refused.statusCode, refused.json()]).toMatchObject([
      422,
      { code: 'query.invalid', at: { offset: 7, length: 10 } },
    ]);
  });

  it('downloads any result as CSV, in which no text is a formula', async () => {
    const text = "SELECT temperature, note, place, on FROM devices WHERE $id IN ['d1', 'd2'] ORDER BY temperature DESC";
    const file = await browser.request('POST', '/history/download', { query: text, format: 'csv' });
    expect(file.headers['content-type']).toBe('text/csv; charset=utf-8');
    const [names, ...rows] = file.body.split('\r\n');
    expect([names, ...rows.slice(0, 2)]).toEqual(['temperature,note,place,on', '40,,,true', `24,'=1+1,"{""lat"":4}",`]);
    const properties = await browser.request('POST', '/history/download', {
      query: 'SELECT $id, $displayName FROM devices',
      format: 'csv',
    });
    expect(properties.body).toBe('$id,$displayName\r\nd1,Device d1\r\nd2,Device d2\r\n');
  });

  it('downloads as Parquet, in columns of their type', async () => {
    const read = async (body: object) => {
      const file = join(console.directory, 'download.parquet');
      await writeFile(
        file,
        (await browser.request('POST', '/history/download', { ...body, format: 'parquet' })).rawPayload,
      );
      expect((await readFile(file)).subarray(0, 4).toString()).toBe('PAR1');
      return console.central.history.query('SELECT * FROM read_parquet(?)', [file], { rowsMax: 10 });
    };
    const points = {
      source: { kind: 'devices', deviceIds: ['d1'] },
      name: 'temperature',
      aggregate: 'none',
      range: HOUR,
    };
    const series = await read({ series: points });
    expect(series.columns.map(({ type }) => type)).toEqual(['VARCHAR', 'TIMESTAMP', 'DOUBLE']);
    expect(series.rows).toHaveLength(5);
    const mixed = await read({ query: "SELECT $displayName, temperature, on, note FROM devices WHERE $id = 'd2'" });
    expect([mixed.columns.map(({ type }) => type), mixed.rows]).toEqual([
      ['VARCHAR', 'DOUBLE', 'BOOLEAN', 'DOUBLE'],
      [['Device d2', 40, true, null]],
    ]);
    expect((await read({ query: 'SELECT $id FROM devices' })).rows).toEqual([['d1'], ['d2']]);
  });
});

describe('POST /api/query', () => {
  it('answers rows as objects', async () => {
    const body = { query: 'SELECT $id, AVG(temperature) AS t FROM devices GROUP BY $id' };
    expect((await askCentral(console, 'POST', '/query', { body })).json()).toEqual({
      results: [
        { $id: 'd1', t: 22 },
        { $id: 'd2', t: 40 },
      ],
    });
    const wrong = await askCentral(console, 'POST', '/query', { body: { query: 'SELECT' } });
    expect([wrong.statusCode, wrong.json()]).toMatchObject([
      422,
      { error: { code: 'InvalidQuery', message: expect.stringMatching(/its end/) } },
    ]);
  });
});
