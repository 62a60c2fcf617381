import type { LiveEvent, ModelSummary } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { DeviceFeed, FIELDS_PER_DEVICE_MAX, RAW_BYTES_MAX, RAW_MESSAGES_MAX } from './device-feed.ts';

const field = (name: string, displayName: string, unit: string | null) => ({
  name,
  displayName,
  description: null,
  component: null,
  semanticType: null,
  unit,
  schema: { kind: 'number' } as const,
});

const MODEL: ModelSummary = {
  modelId: 'dtmi:test:Machine;1',
  displayName: 'Machine',
  description: null,
  properties: [],
  commands: [],
  telemetry: [
    {
      ...field('memory', 'Memory', null),
      schema: {
        kind: 'object',
        fields: [field('used', 'Used', 'GiB'), field('free', 'Free', 'GiB'), field('share', 'Share', '%')],
      },
    },
    field('temp', 'Temperature', '°C'),
    {
      ...field('state', 'State', null),
      schema: { kind: 'enum', values: [{ name: 'idle', value: 0, displayName: 'Idle' }] },
    },
  ],
};

function said(value: unknown, offset: number, deviceId = 'd1'): LiveEvent {
  return {
    kind: 'telemetry',
    deviceId,
    moduleId: null,
    partition: 0,
    offset,
    enqueuedTime: new Date(1_800_000_000_000 + offset * 1_000).toISOString(),
    bodyBytes: 2,
    body: { kind: 'json', value },
    contentType: null,
    component: null,
    systemProperties: {},
    properties: {},
  };
}

function feedOf(model: ModelSummary | null, ...events: readonly LiveEvent[]): DeviceFeed {
  const feed = new DeviceFeed('d1', model, () => {});
  for (const event of events) feed.take(event);
  return feed;
}

const titles = (feed: DeviceFeed) =>
  [...feed.charts.values()].map(({ title, measure, buffer }) => [title, measure.unit, buffer.lines.join(' ')]);

describe('DeviceFeed', () => {
  it('makes one chart a number, and one chart of several lines a group of numbers', () => {
    const feed = feedOf(null, said({ temp: 21, cpu: { core0: 1, core1: 2 }, load: [1, 2, 3] }, 1));
    expect(titles(feed)).toEqual([
      ['temp', null, 'temp'],
      ['cpu', null, 'core0 core1'],
      ['load', null, '0 1 2'],
    ]);
  });

  it('draws in the unit that people want', () => {
    const warmth = { ...field('temp', 'Temperature', '°C'), hints: { displayUnit: '°F' } };
    const feed = feedOf({ ...MODEL, telemetry: [warmth] }, said({ temp: 100 }, 1));
    expect(titles(feed)).toEqual([['Temperature', '°F', 'temp']]);
    expect([...feed.charts.values()][0]?.buffer.latest('temp')?.value).toBe(212);
    expect(feed.fields.get('/temp')?.lastValue).toBe(100);
  });

  it('names and parts charts by the model: what has another unit has another axis', () => {
    const feed = feedOf(MODEL, said({ temp: 21, memory: { used: 3, free: 5, share: 40 }, extra: 1 }, 1));
    expect(titles(feed)).toEqual([
      ['Temperature', '°C', 'temp'],
      ['Memory', 'GiB', 'used free'],
      ['Memory', '%', 'share'],
      ['extra', null, 'extra'],
    ]);
  });

  it('keeps states and switches as trails of values, whatever their type', () => {
    const feed = feedOf(MODEL, said({ state: 0, pumpOn: true }, 1), said({ state: 1 }, 2));
    expect(
      [...feed.trails.values()].map(({ title, trail }) => [title, trail.points.map(({ value }) => value)]),
    ).toEqual([
      ['State', [0, 1]],
      ['pumpOn', [true]],
    ]);
    expect(feed.charts.size).toBe(0);
  });

  it('knows what stands at the top of bodies, by component, with what is drawn of it', () => {
    const feed = feedOf(null, said({ cpu: { core0: 1, mode: 'eco' } }, 1), said({ cpu: { core0: 2, core1: 1 } }, 3));
    expect([...feed.fields.keys()]).toEqual(['/cpu']);
    expect(feed.fields.get('/cpu')).toMatchObject({ count: 2, usualSeconds: 2, lastValue: { core0: 2, core1: 1 } });
    expect(feed.fields.get('/cpu')?.charts[0]?.linePaths.get('core1')).toEqual(['cpu', 'core1']);
    expect(feed.fields.get('/cpu')?.trails).toHaveLength(1);
  });

  it('begins with what the history knows, and what is said is newer', () => {
    const latest = (name: string, value: unknown) => ({
      ...{ deviceId: 'd1', moduleId: null, component: null, name, value },
      ...{ time: '2026-11-29T10:00:00Z', enqueuedTime: '2026-11-29T10:00:00Z' },
    });
    const feed = feedOf(MODEL);
    feed.seed([latest('temp', 20), latest('cpu.core0', 1), latest('cpu.core1', 2), latest('state', 0)]);
    expect(titles(feed)).toEqual([
      ['Temperature', '°C', 'temp'],
      ['cpu', null, 'core0 core1'],
    ]);
    expect(feed.fields.get('/cpu')?.lastValue).toEqual({ core0: 1, core1: 2 });
    feed.take(said({ temp: 21 }, 1));
    feed.seed([latest('temp', 20)]);
    expect(feed.fields.get('/temp')?.lastValue).toBe(21);
    expect(feed.charts.get('/temp|')?.buffer.rows).toBe(1);
  });

  it('counts a record once, however often the stream repeats it', () => {
    const feed = feedOf(
      null,
      said({ a: 1 }, 1),
      said({ a: 2 }, 2),
      said({ a: 1 }, 1),
      said({ a: 2 }, 2),
      said({ a: 3 }, 3),
    );
    expect(feed.messageCount).toBe(3);
    expect([...feed.charts.values()][0]?.buffer.rows).toBe(3);
  });

  it('does not listen to other devices', () => {
    expect(feedOf(null, said({ a: 1 }, 1, 'd2')).messageCount).toBe(0);
  });

  it('tells history from what came live', () => {
    const feed = feedOf(null, said({ a: 1 }, 1), { kind: 'caughtUp' }, said({ a: 1 }, 2));
    expect([feed.messageCount, feed.liveCount]).toEqual([2, 1]);
  });

  it('hears its own telemetry, and that of a module only when it is of the module', () => {
    const ofModule = { ...said({ load: 1 }, 1), moduleId: 'camera' } as LiveEvent;
    const own = feedOf(null, ofModule, said({ temp: 1 }, 2));
    expect([[...own.fields.keys()], own.messages.length]).toEqual([['/temp'], 2]);
    const camera = new DeviceFeed('d1', null, () => {}, 'camera');
    for (const event of [ofModule, said({ temp: 1 }, 2)]) camera.take(event);
    expect([[...camera.fields.keys()], camera.messages.length]).toEqual([['/load'], 1]);
  });

  it('survives a flood of names, and forgets them before what is said again and what the model knows', () => {
    const flood = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, index]));
    const feed = feedOf(
      MODEL,
      said(flood, 1),
      said(JSON.parse('{"temp":1,"extra":2,"__proto__":3,"constructor":4}'), 2),
    );
    expect(feed.fields.size).toBe(FIELDS_PER_DEVICE_MAX);
    expect(feed.charts.size).toBe(FIELDS_PER_DEVICE_MAX);
    expect(['/temp', '/extra', '/__proto__', '/constructor'].map((key) => feed.fields.get(key)?.charts.length)).toEqual(
      [...[1, 1, 1, 1]],
    );
    feed.take(said(flood, 3));
    expect(feed.fields.has('/temp')).toBe(true);
  });

  it('keeps raw messages of a bounded size', () => {
    const feed = feedOf(null);
    for (let offset = 0; offset < 200; offset += 1) {
      feed.take({ ...said({}, offset), bodyBytes: 262_144 } as LiveEvent);
    }
    expect(feed.messages.length * 262_144).toBeLessThanOrEqual(RAW_BYTES_MAX * 1.25);
    expect(feed.messages.at(-1)?.offset).toBe(199);
  });

  it('keeps a bounded number of raw messages, the newest', () => {
    const feed = feedOf(null);
    for (let offset = 0; offset < RAW_MESSAGES_MAX * 2; offset += 1) feed.take(said({}, offset));
    expect(feed.messages.length).toBeLessThanOrEqual(RAW_MESSAGES_MAX * 1.25);
    expect(feed.messages.at(-1)?.offset).toBe(RAW_MESSAGES_MAX * 2 - 1);
  });
});
