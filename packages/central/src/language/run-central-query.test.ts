import type { ModelField, ModelSummary } from '@viaduct/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Template } from '../template/template-book.ts';
import { listedDirectory } from '../testing/listed-directory.ts';
import { MemoryHistory } from '../testing/memory-history.ts';
import { refusalOf } from '../testing/query-texts.ts';
import { parseGroupFilter } from './group-filter.ts';
import { type QueryParts, runCentralQuery } from './run-central-query.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const MINUTE = 60_000;
const TEMPLATE = 'dtmi:test:boiler;1';

let history: MemoryHistory;
let parts: QueryParts;

beforeAll(async () => {
  history = await MemoryHistory.open();
  for (let i = 0; i < 10; i++) {
    const time = NOW - (10 - i) * MINUTE;
    await history.say('a', time, { temperature: 20 + i, state: i < 5 ? 'idle' : 'busy', on: i % 2 === 0 });
    await history.say('b', time + 1_000, { temperature: 50 + i });
    await history.say('b', time + 1_000, { pressure: i }, 'pump');
    await history.say('a', time, { ambient: 100 + i }, '', 'edge-camera');
  }
  await history.say('c', NOW - 40 * 86_400_000, { temperature: 1 });
  await history.say('d', NOW - MINUTE, { position: { lat: 1, lon: 2 }, humidity: 7 });
  const devices = listedDirectory([
    { deviceId: 'a', templateId: TEMPLATE, properties: { room: 'kitchen', floor: 1 } },
    { deviceId: 'b', templateId: TEMPLATE, simulated: true, properties: { room: 'hall', floor: 2 } },
    { deviceId: 'c', templateId: TEMPLATE, properties: { room: 'hall' } },
    { deviceId: 'd', displayName: 'Dee' },
  ]);
  const templates = { find: (id: string) => (id === TEMPLATE ? BOILER : undefined), list: () => [BOILER] };
  const groups = {
    find: (id: string) =>
      id === 'halls' ? { filter: parseGroupFilter("SELECT * FROM devices WHERE room = 'hall'") } : undefined,
  };
  parts = { history, devices, templates, groups, hub: { clock: { now: () => NOW } } } as unknown as QueryParts;
});
afterAll(() => history.close());

const ask = (text: string, options = {}) => runCentralQuery(parts, text, options);
async function rowsOf(text: string) {
  const { columns, rows } = await ask(text);
  return rows.map((row) => Object.fromEntries(row.map((value, index) => [columns[index]!.name, value])));
}
const refused = async (text: string, options = {}) => {
  const thrown = await ask(text, options).catch((error: unknown) => error);
  return refusalOf(() => {
    throw thrown;
  });
};

describe('runCentralQuery, telemetry', () => {
  it('follows the time of who shows it instead of its own windows, within what it asks of $ts', async () => {
    const range = { kind: 'between', from: '2026-01-31T11:52:00Z', to: '2026-01-31T11:55:00Z' } as const;
    const text = `SELECT COUNT(temperature) FROM ${TEMPLATE} WHERE $id = 'a' AND WITHIN_WINDOW(P1D)`;
    expect((await ask(text)).rows).toEqual([[10]]);
    expect((await ask(text, { range })).rows).toEqual([[3]]);
    expect((await ask(`${text} AND $ts >= '2026-01-31T11:54:00Z'`, { range })).rows).toEqual([[1]]);
    expect((await ask(`SELECT $id, room FROM ${TEMPLATE} WHERE floor = 1`, { range })).rows).toEqual([
      ['a', 'kitchen'],
    ]);
    expect(await refused(text, { range: { kind: 'last', duration: 'soon' } })).toMatchObject({ code: 'query.invalid' });
  });

  it('knows the telemetry of modules by the module before it', async () => {
    expect((await ask('SELECT MAX(["edge-camera"].ambient) FROM devices')).rows).toEqual([[109]]);
  });

  it('answers one row a message, newest first', async () => {
    expect(
      await rowsOf(
        `SELECT TOP 2 $id, $ts, temperature, state AS s, on FROM ${TEMPLATE} WHERE $id = 'a' AND WITHIN_WINDOW(P1D)`,
      ),
    ).toEqual([
      { $id: 'a', $ts: '2026-01-31T11:59:00.000Z', temperature: 29, s: 'busy', on: false },
      { $id: 'a', $ts: '2026-01-31T11:58:00.000Z', temperature: 28, s: 'busy', on: true },
    ]);
  });

  it('brings the values of one message together, components too, and asks conditions of the whole message', async () => {
    const text = `SELECT temperature, pump.pressure FROM ${TEMPLATE} WHERE pump.pressure > 7 AND temperature < 59 ORDER BY temperature`;
    expect(await rowsOf(text)).toEqual([{ temperature: 58, 'pump.pressure': 8 }]);
    expect(await rowsOf(`SELECT AVG(temperature) FROM ${TEMPLATE} WHERE pump.pressure >= 8`)).toEqual([
      { avg_temperature: 58.5 },
    ]);
  });

  it('counts by windows, and tells their begin', async () => {
    const text = `SELECT AVG(temperature), COUNT(state) AS n, FIRST(state), LAST(on) FROM ${TEMPLATE}
      WHERE WITHIN_WINDOW(PT1H) AND $id = 'a' GROUP BY WINDOW(PT5M) ORDER BY $ts`;
    expect(await rowsOf(text)).toEqual([
      { $ts: '2026-01-31T11:50:00.000Z', avg_temperature: 22, n: 5, first_state: 'idle', last_on: true },
      { $ts: '2026-01-31T11:55:00.000Z', avg_temperature: 27, n: 5, first_state: 'busy', last_on: false },
    ]);
  });

  it('counts the last 30 days where no window is named', async () => {
    expect(await rowsOf(`SELECT MIN(temperature), COUNT(temperature) AS n FROM ${TEMPLATE}`)).toEqual([
      { min_temperature: 20, n: 20 },
    ]);
    const since = "$ts >= '2025-01-01T00:00:00Z'";
    expect(await rowsOf(`SELECT MIN(temperature) FROM ${TEMPLATE} WHERE ${since}`)).toEqual([{ min_temperature: 1 }]);
  });

  it('groups by device, property and value, and knows percentiles', async () => {
    const day = 'WHERE WITHIN_WINDOW(P1D)';
    expect(await rowsOf(`SELECT $id, MAX(temperature) FROM devices ${day} GROUP BY $id ORDER BY $id DESC`)).toEqual([
      { $id: 'b', max_temperature: 59 },
      { $id: 'a', max_temperature: 29 },
    ]);
    expect(await rowsOf(`SELECT room, SUM(temperature) AS s FROM devices ${day} GROUP BY room ORDER BY s`)).toEqual([
      { room: 'kitchen', s: 245 },
      { room: 'hall', s: 545 },
    ]);
    expect(
      await rowsOf(
        `SELECT state, COUNT(state) AS n, PERCENTILE(temperature, 50) AS p FROM devices ${day} AND $id = 'a' GROUP BY state ORDER BY state`,
      ),
    ).toEqual([
      { state: 'busy', n: 5, p: 27 },
      { state: 'idle', n: 5, p: 22 },
    ]);
  });

  it('finds devices by group, template, property and what is known of them', async () => {
    const ids = async (where: string) =>
      (
        await rowsOf(
          `SELECT $id, COUNT(temperature) AS n FROM devices WHERE $ts > '2020-01-01' AND ${where} GROUP BY $id`,
        )
      ).map(({ $id }) => $id);
    expect(await ids("$group = 'halls'")).toEqual(['b', 'c']);
    expect(await ids("$group != 'halls'")).toEqual(['a']);
    expect(await ids('$simulated = true')).toEqual(['b']);
    expect(await ids("$id IN ['a', 'c'] AND floor = 1")).toEqual(['a']);
    expect(await ids("($id = 'a' OR temperature < 2)")).toEqual(['a', 'c']);
    expect(await ids("NOT ($id = 'a' OR temperature < 2)")).toEqual(['b']);
    expect(await rowsOf(`SELECT TOP 1 $displayName, $simulated, temperature FROM devices WHERE $id = 'b'`)).toEqual([
      { $displayName: 'b', $simulated: true, temperature: 59 },
    ]);
  });

  it('answers objects, what no model has, and nothing where nothing was said', async () => {
    expect(await rowsOf("SELECT position, humidity FROM devices WHERE $id = 'd'")).toEqual([
      { position: { lat: 1, lon: 2 }, humidity: 7 },
    ]);
    expect(await rowsOf(`SELECT temperature FROM ${TEMPLATE} WHERE $id = 'nobody'`)).toEqual([]);
    expect(await rowsOf(`SELECT AVG(state) FROM ${TEMPLATE}`)).toEqual([{ avg_state: null }]);
  });

  it('compares texts by pattern and values by their type', async () => {
    const count = async (where: string) =>
      (await rowsOf(`SELECT COUNT(temperature) AS n FROM ${TEMPLATE} WHERE ${where}`))[0]?.n;
    expect(await count("state LIKE 'BU%'")).toBe(5);
    expect(await count("CONTAINS(state, 'usy')")).toBe(5);
    expect(await count('on = true')).toBe(5);
    expect(await count("state != 'busy'")).toBe(5);
    expect(await count('state IS NULL')).toBe(10);
    expect(await count("state = ''' OR 1=1 --'")).toBe(0);
    expect(await count('temperature IN [20, 50] AND temperature BETWEEN 0 AND 30')).toBe(1);
  });

  it('says when there are more rows than are answered', async () => {
    expect(await ask(`SELECT temperature FROM ${TEMPLATE}`, { rowsMax: 3 })).toMatchObject({
      isCut: true,
      rows: { length: 3 },
    });
    expect(await ask(`SELECT TOP 3 temperature FROM ${TEMPLATE}`, { rowsMax: 3 })).toMatchObject({ isCut: false });
  });
});

describe('runCentralQuery, properties', () => {
  it('answers one row a device', async () => {
    expect(await rowsOf(`SELECT $id, room AS r, floor FROM ${TEMPLATE} WHERE floor > 0 ORDER BY floor DESC`)).toEqual([
      { $id: 'b', r: 'hall', floor: 2 },
      { $id: 'a', r: 'kitchen', floor: 1 },
    ]);
    expect(await rowsOf("SELECT TOP 1 $id, $displayName FROM devices WHERE $displayName != 'a'")).toEqual([
      { $id: 'b', $displayName: 'b' },
    ]);
  });
});

describe('runCentralQuery, refusals', () => {
  it.each([
    ['SELECT a FROM dtmi:no:such;1', 14, 'no device template with this id'],
    [`SELECT temprature FROM ${TEMPLATE}`, 7, 'did you mean temperature?'],
    [`SELECT AVG(room) FROM ${TEMPLATE}`, 11, 'this is a property'],
    [`SELECT temperature, room FROM ${TEMPLATE}`, 20, 'selects one or the other'],
    [`SELECT room FROM ${TEMPLATE} WHERE temperature > 3`, 42, 'one or the other'],
    [`SELECT $id, $ts FROM ${TEMPLATE}`, 7, 'name a telemetry'],
    ["SELECT temperature FROM devices WHERE $group = 'x'", 47, 'no device group with this id'],
    ["SELECT temperature FROM devices WHERE $ts > 'soon'", 44, 'compared with a time'],
  ])('refuses %j, with the place', async (text, offset, why) => {
    const refusal = await refused(text);
    expect(refusal.message).toContain(why);
    expect(refusal.at.offset).toBe(offset);
  });

  it.each([
    [
      `SELECT temperature FROM ${TEMPLATE} WHERE ${'temperature > 1 AND '.repeat(5)}temperature > 1`,
      'at most 10 operators',
    ],
    [`SELECT temperature${' '.repeat(350)} FROM ${TEMPLATE}`, 'at most 350 characters'],
    [`SELECT ${'abcdefghijklmnop'.split('').join(', ')} FROM ${TEMPLATE}`, 'at most 15'],
    ['SELECT temperature FROM devices', 'FROM is followed by'],
    [`SELECT AVG(temperature) FROM ${TEMPLATE} GROUP BY $id`, 'WINDOW only'],
    [`SELECT temperature FROM ${TEMPLATE} WHERE state LIKE 'x%'`, 'WHERE has'],
  ])('in the strict profile refuses %j', async (text, why) => {
    expect((await refused(text, { profile: 'strict' })).message).toContain(why);
  });
});

const field = (name: string, component: string | null = null): ModelField => ({
  ...{ name, component, displayName: name, description: null, semanticType: null, unit: null },
  schema: { kind: 'number' },
});
const BOILER = {
  templateId: TEMPLATE,
  summary: {
    ...{ modelId: TEMPLATE, displayName: 'Boiler', description: null, commands: [] },
    telemetry: [field('temperature'), field('state'), field('on'), field('pressure', 'pump')],
    properties: [{ ...field('room'), writable: false }],
    cloudProperties: [field('floor')],
  } satisfies ModelSummary,
} as unknown as Template;
