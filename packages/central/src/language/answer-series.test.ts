import { LIMITS, type SeriesRequest } from '@viaduct/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listedDirectory } from '../testing/listed-directory.ts';
import { MemoryHistory } from '../testing/memory-history.ts';
import { answerSeries } from './answer-series.ts';
import { formatCentralQuery } from './format-central-query.ts';
import { parseGroupFilter } from './group-filter.ts';
import { parseCentralQuery } from './parse-central-query.ts';
import type { QueryParts } from './run-central-query.ts';
import { queryOfSeries } from './series-query.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const MINUTE = 60_000;

let history: MemoryHistory;
let parts: QueryParts;

beforeAll(async () => {
  history = await MemoryHistory.open();
  for (let i = 0; i < 10; i++) {
    const time = NOW - (10 - i) * MINUTE;
    await history.say('a', time, { temperature: 20 + i, state: i < 5 ? 'idle' : 'busy' });
    await history.say('b', time, { temperature: 50 + i });
  }
  await history.fill(await history.addSeries('big', 'level'), { from: NOW - 3_600_000, stepMs: 10, count: 360_000 });
  const devices = listedDirectory([
    { deviceId: 'a', displayName: 'Anna', properties: { room: 'hall' } },
    { deviceId: 'b', properties: { room: 'hall' } },
    { deviceId: 'big' },
  ]);
  const groups = {
    find: (id: string) =>
      id === 'halls' ? { filter: parseGroupFilter("SELECT * FROM devices WHERE room = 'hall'") } : undefined,
  };
  const templates = { find: () => undefined, list: () => [] };
  parts = { history, devices, templates, groups, hub: { clock: { now: () => NOW } } } as unknown as QueryParts;
});
afterAll(() => history.close());

const HOUR = { kind: 'last', duration: 'PT1H' } as const;
const ALL = { source: { kind: 'all' }, name: 'temperature', range: HOUR } as const;
const answer = async (request: SeriesRequest) => (await answerSeries(parts, [request]))[0]!;

describe('answerSeries', () => {
  it('has the newest of each device, however rarely one speaks', async () => {
    for (const ago of [50, 40]) await history.say('rare', NOW - ago * MINUTE, { rpm: ago });
    for (const ago of [3, 2, 1]) await history.say('a', NOW - ago * MINUTE, { rpm: `${ago} min` });
    const { lines } = await answer({ ...ALL, name: 'rpm', aggregate: 'none', newest: 2, splitBy: 'device' });
    expect(lines.map(({ key, values }) => [key, values])).toEqual([
      ['a', ['2 min', '1 min']],
      ['rare', [50, 40]],
    ]);
  });

  it('answers of millions of numbers at once with an estimate, where it may, and exactly where it is asked again', async () => {
    const range = { kind: 'between', from: '2025-12-01T00:00:00Z', to: '2026-01-01T00:00:00Z' } as const;
    const from = Date.parse(range.from);
    const count = LIMITS.SERIES_ESTIMATE_POINTS_MIN + 100_000;
    await history.fill(await history.addSeries('huge', 'depth'), { from, stepMs: 1_200, count });
    const request = { ...ALL, name: 'depth', range, pointsMax: 200 };
    const asked = (change: Partial<SeriesRequest>) => answer({ ...request, aggregate: 'avg', ...change });
    const [exact, estimate] = [await asked({}), await asked({ mayEstimate: true })];
    expect([exact.isEstimate, estimate.isEstimate]).toEqual([undefined, true]);
    expect(Math.max(...(exact.lines[0]!.max as number[]))).toBe(1_000);
    expect(estimate.lines[0]?.times.length).toBeGreaterThan(3);
    expect(estimate.lines[0]?.times.length).toBeLessThan(exact.lines[0]!.times.length);
    expect((await asked({ aggregate: 'none', mayEstimate: true })).isEstimate).toBe(true);
    expect((await asked({ aggregate: 'count', mayEstimate: true })).isEstimate).toBeUndefined();
    expect((await answer({ ...ALL, aggregate: 'avg', mayEstimate: true })).isEstimate).toBeUndefined();
  });

  it('answers buckets with the band of their extremes, a line a device', async () => {
    const { lines, resolution, isCut, from, to } = await answer({
      ...ALL,
      aggregate: 'avg',
      splitBy: 'device',
      resolution: 'PT5M',
    });
    expect({ resolution, isCut, from, to }).toEqual({
      ...{ resolution: 'PT5M', isCut: false, from: '2026-01-31T11:00:00.000Z', to: '2026-01-31T12:00:00.000Z' },
    });
    expect(lines).toEqual([
      {
        key: 'a',
        label: 'Anna',
        times: [NOW - 600_000, NOW - 300_000],
        values: [22, 27],
        min: [20, 25],
        max: [24, 29],
      },
      { key: 'b', label: 'b', times: [NOW - 600_000, NOW - 300_000], values: [52, 57], min: [50, 55], max: [54, 59] },
    ]);
  });

  it('answers one line of a group, or a line a value of a property', async () => {
    const halls = await answer({
      ...ALL,
      source: { kind: 'group', groupId: 'halls' },
      aggregate: 'count',
      resolution: 'PT1H',
    });
    expect(halls.lines).toEqual([{ key: 'all', label: 'all', times: [NOW - 3_600_000], values: [20] }]);
    const rooms = await answer({ ...ALL, aggregate: 'max', splitBy: { property: 'room' }, resolution: 'PT1H' });
    expect(rooms.lines).toEqual([{ key: 'hall', label: 'hall', times: [NOW - 3_600_000], values: [59] }]);
  });

  it('chooses buckets so that about as many as wanted fill the range', async () => {
    expect((await answer({ ...ALL, aggregate: 'sum', pointsMax: 100 })).resolution).toBe('PT1M');
    expect((await answer({ ...ALL, aggregate: 'sum', pointsMax: 12 })).resolution).toBe('PT5M');
    expect((await answer({ ...ALL, aggregate: 'sum', resolution: 'PT0.001S' })).resolution).toBe('PT1S');
  });

  it('answers the points of few devices as they are, with who said them', async () => {
    const { lines } = await answer({ ...ALL, aggregate: 'none' });
    expect(lines[0]).toMatchObject({
      key: 'all',
      times: { length: 20 },
      deviceIds: expect.arrayContaining(['a', 'b']),
    });
    const own = await answer({
      ...ALL,
      source: { kind: 'devices', deviceIds: ['a'] },
      aggregate: 'none',
      splitBy: 'device',
      pointsMax: 5,
    });
    expect(own.lines[0]).toMatchObject({
      label: 'Anna',
      times: { length: 5 },
      values: expect.arrayContaining([20, 29]),
    });
  });

  it('answers states and other texts: the newest, oldest first', async () => {
    const states = { ...ALL, name: 'state', aggregate: 'none' } as const;
    expect((await answer({ ...states, newest: 6 })).lines[0]?.values).toEqual([
      'idle',
      'busy',
      'busy',
      'busy',
      'busy',
      'busy',
    ]);
    expect(await answer({ ...states, pointsMax: 3 })).toMatchObject({
      isCut: true,
      lines: [{ values: ['busy', 'busy', 'busy'] }],
    });
  });

  it('thins more points than it would read by the extremes of short intervals, and loses no spike', async () => {
    const { lines, isCut } = await answer({ ...ALL, name: 'level', aggregate: 'none', pointsMax: 500 });
    expect(lines[0]?.times).toHaveLength(500);
    expect(isCut).toBe(false);
    expect(lines[0]?.values).toContain(1_000);
    expect([...lines[0]!.times].sort((one, other) => one - other)).toEqual(lines[0]!.times);
  });

  it('says why a request has no answer, and answers the others', async () => {
    const wrong = { ...ALL, aggregate: 'avg', range: { kind: 'last', duration: 'an hour' } } as const;
    const [first, second] = await answerSeries(parts, [wrong, { ...ALL, aggregate: 'count' }]);
    expect(first).toMatchObject({ lines: [], problem: { code: 'query.invalid' } });
    expect(second).toMatchObject({ lines: [{ key: 'all' }] });
    expect(
      await answer({ ...ALL, aggregate: 'avg', source: { kind: 'template', templateId: 'dtmi:no:such;1' } }),
    ).toMatchObject({ lines: [] });
    expect(await answer({ ...ALL, name: 'nobody.says.so', aggregate: 'none' })).toMatchObject({ lines: [] });
  });

  it.each([
    { ...ALL, aggregate: 'avg', splitBy: 'device' },
    { ...ALL, component: 'pump', name: 'a b.c', aggregate: 'none', splitBy: { property: '$template' } },
    { ...ALL, source: { kind: 'group', groupId: "it's" }, aggregate: 'last', splitBy: { property: 'place.room' } },
    { ...ALL, source: { kind: 'template', templateId: 'dtmi:a:b;1' }, aggregate: 'none', newest: 10 },
    {
      ...ALL,
      source: { kind: 'devices', deviceIds: ['a', 'b'] },
      aggregate: 'min',
      range: { kind: 'between', from: '2026-01-30T00:00:00Z', to: '2026-01-31T00:00:00Z' },
    },
  ] satisfies SeriesRequest[])('says in words what was asked: %j', (request) => {
    const { query } = queryOfSeries(request, NOW);
    const text = formatCentralQuery(query);
    expect(formatCentralQuery(parseCentralQuery(text))).toBe(text);
  });
});
