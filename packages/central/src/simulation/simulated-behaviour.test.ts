import type { ModelField, ModelSchema, ModelSummary } from '@viaduct/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldSignal } from './field-signal.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimulatedBehaviour } from './simulated-behaviour.ts';

const START = Date.UTC(2026, 2, 1, 8);

function field(name: string, schema: ModelSchema, more: Partial<ModelField> = {}): ModelField {
  const plain = { displayName: name, description: null, component: null, semanticType: null, unit: null };
  return { name, ...plain, schema, ...more };
}

function model(parts: Partial<ModelSummary>): ModelSummary {
  const named = { modelId: 'dtmi:test:Thing;1', displayName: 'Thing', description: null };
  return { ...named, telemetry: [], properties: [], commands: [], ...parts };
}

const NAME = fc.stringMatching(/^[a-z][a-zA-Z]{0,8}$/);
const SCHEMA = fc.letrec<{ schema: ModelSchema; field: ModelField }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<ModelSchema>(
      ...(['number', 'integer', 'boolean', 'string', 'dateTime', 'date', 'time', 'duration'] as const).map((kind) => ({
        kind,
      })),
    ),
    fc.array(fc.integer(), { minLength: 1, maxLength: 5 }).map((values): ModelSchema => {
      return {
        kind: 'enum',
        values: values.map((value) => ({ name: `v${value}`, value, displayName: String(value) })),
      };
    }),
    fc
      .uniqueArray(tie('field'), { selector: ({ name }) => name, maxLength: 4 })
      .map((fields): ModelSchema => ({ kind: 'object', fields })),
    tie('schema').map((element): ModelSchema => ({ kind: 'array', element })),
    tie('schema').map((value): ModelSchema => ({ kind: 'map', value })),
  ),
  field: fc.tuple(NAME, tie('schema')).map(([name, schema]) => field(name, schema)),
})).schema;

describe('fieldSignal', () => {
  it('says what is of the schema, and what JSON can carry, for any schema', () => {
    fc.assert(
      fc.property(SCHEMA, fc.string(), (schema, seed) => {
        const signal = fieldSignal(field('thing', schema), new SeededRandom(seed));
        for (let minute = 0; minute < 20; minute++) {
          const value = signal({ time: START + minute * 60_000, load: minute / 20 });
          expect(isOf(schema, value)).toBe(true);
          expect(JSON.parse(JSON.stringify(value))).toEqual(value);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('keeps a number within what the model says, whatever it is called', () => {
    const bounds = fc
      .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1e6, noNaN: true }))
      .map(([min, span]) => ({ min, max: min + span }));
    fc.assert(
      fc.property(bounds, NAME, fc.string(), (hints, name, seed) => {
        const signal = fieldSignal(field(name, { kind: 'number' }, { hints }), new SeededRandom(seed));
        for (let minute = 0; minute < 50; minute++) {
          const value = signal({ time: START + minute * 60_000, load: (minute % 10) / 10 });
          expect(value).toBeGreaterThanOrEqual(hints.min);
          expect(value).toBeLessThanOrEqual(hints.max);
        }
      }),
    );
  });

  it('knows what a semantic type means in its unit', () => {
    const inFahrenheit = field('t', { kind: 'number' }, { semanticType: 'Temperature', unit: '°F' });
    const value = fieldSignal(inFahrenheit, new SeededRandom('a'))({ time: START, load: 0.5 });
    expect(value).toBeGreaterThan(60);
    expect(value).toBeLessThan(85);
  });

  it('reports events now and then only', () => {
    const alarm = field('alarm', { kind: 'string' }, { role: 'event' });
    const signal = fieldSignal(alarm, new SeededRandom('a'));
    const said = Array.from({ length: 1_000 }, (_, second) => signal({ time: START + second * 1_000, load: 0.5 }));
    const events = said.filter((value) => value !== undefined);
    expect(events.length).toBeGreaterThan(2);
    expect(events.length).toBeLessThan(60);
  });

  it('moves a location by no more than a vehicle does', () => {
    const place = field('place', { kind: 'object', named: 'geopoint', fields: [] });
    const signal = fieldSignal(place, new SeededRandom('a'));
    const way = Array.from({ length: 500 }, (_, step) => {
      return signal({ time: START + step * 10_000, load: 0.8 }) as { lat: number; lon: number };
    });
    for (const [index, { lat, lon }] of way.entries()) {
      const before = way[index - 1] ?? { lat, lon };
      expect(Math.hypot(lat - before.lat, lon - before.lon)).toBeLessThan(0.003);
    }
  });
});

describe('SimulatedBehaviour', () => {
  const thermostat = model({
    telemetry: [
      field('temperature', { kind: 'number' }, { semanticType: 'Temperature', unit: '°C' }),
      field('rpm', { kind: 'integer' }, { component: 'fan' }),
    ],
    properties: [
      { ...field('target', { kind: 'number' }, { hints: { initialValue: 21 } }), writable: true },
      { ...field('serialNumber', { kind: 'string' }, { component: 'about' }), writable: false },
      { ...field('uptime', { kind: 'integer' }), writable: false },
    ],
    commands: [
      {
        name: 'selfTest',
        displayName: 'Self test',
        description: null,
        component: 'fan',
        request: null,
        response: field('passed', { kind: 'boolean' }),
      },
    ],
  });

  it('is the same device again when its seed is', () => {
    const [one, same, other] = ['a', 'a', 'b'].map((seed) => {
      const behaviour = new SimulatedBehaviour(thermostat, seed);
      return Array.from({ length: 20 }, (_, step) => behaviour.messages(START + step * 5_000));
    });
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
  });

  it('sends one message of itself and one of each component', () => {
    const messages = new SimulatedBehaviour(thermostat, 'a').messages(START);
    expect(messages.map(({ component, body }) => [component, Object.keys(body)])).toEqual([
      [null, ['temperature']],
      ['fan', ['rpm']],
    ]);
  });

  it('reports what it never reported, writable properties as the conventions have it', () => {
    const behaviour = new SimulatedBehaviour(thermostat, 'a');
    const patch = behaviour.unreported({ uptime: 3 }, START);
    expect(patch).toEqual({
      target: { value: 21, ac: 203, av: 0, ad: 'initial value' },
      about: { __t: 'c', serialNumber: expect.stringMatching(/^SN-\d{6}$/) },
    });
    expect(behaviour.unreported({ uptime: 3, ...patch }, START)).toBeNull();
  });

  it('notices changes of its own, and only of what it may change', () => {
    expect(Object.keys(new SimulatedBehaviour(thermostat, 'a').noticed(START) ?? {})).toEqual(['uptime']);
  });

  it('accepts desired properties with value, code and version, in components too', () => {
    const desired = { target: 24, fan: { __t: 'c', speed: 3 }, gone: null, $version: 7 };
    expect(new SimulatedBehaviour(thermostat, 'a').accepted(desired, 7)).toEqual({
      target: { value: 24, ac: 200, av: 7, ad: 'accepted' },
      gone: null,
      fan: { __t: 'c', speed: { value: 3, ac: 200, av: 7, ad: 'accepted' } },
    });
  });

  it('accepts nothing twice', () => {
    const reported = { target: { value: 24, ac: 200, av: 7, ad: 'accepted' } };
    expect(new SimulatedBehaviour(thermostat, 'a').accepted({ target: 24 }, 7, reported)).toBeNull();
  });

  it('answers commands by their response schema, and says which it does not have', () => {
    const behaviour = new SimulatedBehaviour(thermostat, 'a');
    expect(behaviour.answer('fan*selfTest', START)).toEqual({ status: 200, payload: expect.any(Boolean) });
    expect(behaviour.answer('selfTest', START).status).toBe(404);
  });
});

function isOf(schema: ModelSchema, value: unknown): boolean {
  switch (schema.kind) {
    case 'number':
      return Number.isFinite(value);
    case 'integer':
      return Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'enum':
      return schema.values.some((one) => one.value === value);
    case 'array':
      return Array.isArray(value) && value.every((one) => isOf(schema.element, one));
    case 'map':
      return Object.values(value as object).every((one) => isOf(schema.value, one));
    case 'object':
      return isObjectOf(schema, value as Readonly<Record<string, unknown>>);
    default:
      return typeof value === 'string';
  }
}

function isObjectOf({ fields }: Extract<ModelSchema, { kind: 'object' }>, value: Readonly<Record<string, unknown>>) {
  const isPlace = typeof value.lat === 'number' && typeof value.lon === 'number';
  return isPlace || fields.every((one) => isOf(one.schema, value[one.name]));
}
