import { type InferredField, type JsonObject, LIMITS } from '@viaduct/contracts';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { findModelFaults, refuseFaults } from './check-model.ts';
import { addCapability, composeTemplate } from './compose-template.ts';
import { WasmDtdlParser } from './dtdl-parser.ts';
import { inferFields, type Observation } from './infer-template.ts';

const parser = new WasmDtdlParser();
afterAll(() => parser.close());

const sent = (body: object, component: string | null = null): Observation[] =>
  Object.entries(body).map(([name, value]) => ({ kind: 'telemetry', component, name, value }));
const many = (bodies: (index: number) => object, count = 20): Observation[] =>
  Array.from({ length: count }, (_, index) => sent(bodies(index))).flat();
const infer = (observations: Iterable<Observation>) =>
  new Map(inferFields(observations).fields.map((field) => [field.name, field]));
const composed = (fields: readonly InferredField[]) => composeTemplate('dtmi:t:Thing;1', 'Thing', fields);
const check = async (document: JsonObject) =>
  refuseFaults(await findModelFaults(parser, document.capabilityModel as JsonObject));

describe('inferFields', () => {
  it('reads types off values', () => {
    const fields = infer(
      many((index) => ({
        count: index,
        total: 2 ** 40 + index,
        ratio: index === 3 ? 0.5 : 1,
        isOn: true,
        at: '2026-01-01T10:00:00Z',
        day: '2026-01-01',
        wait: 'PT5M',
        text: `text ${index}`,
        list: [1, 2.5],
        nothing: null,
        mixed: index % 2 === 0 ? 'a' : 5,
      })),
    );
    const schemas = Object.fromEntries([...fields].map(([name, { schema }]) => [name, schema]));
    expect(schemas).toEqual({
      count: 'integer',
      total: 'long',
      ratio: 'double',
      isOn: 'boolean',
      at: 'dateTime',
      day: 'date',
      wait: 'duration',
      text: 'string',
      list: { '@type': 'Array', elementSchema: 'double' },
    });
  });

  it('knows places, vectors, states and objects', () => {
    const fields = infer(
      many((index) => ({
        position: { lat: 48, lon: 9.5, ...(index > 3 ? { alt: 200 } : {}) },
        acceleration: { x: 0, y: 0.5, z: 9.8 },
        magnet: { x: 1, y: 2, z: 3 },
        state: ['on', 'off', 'stand by', 'Stand-by'][index % 4],
        engine: { rpm: 900, 'oil-level': 3, inner: { hot: true } },
      })),
    );
    const facts = Object.fromEntries([...fields].map(([name, { schema, role }]) => [name, [schema, role]]));
    expect(facts).toMatchObject({
      position: ['geopoint', 'Location'],
      acceleration: ['vector', 'AccelerationVector'],
      magnet: ['vector', null],
      engine: [{ '@type': 'Object', fields: [{ name: 'rpm' }, { name: 'inner' }] }, null],
    });
    expect(fields.get('state')).toMatchObject({
      role: 'State',
      schema: { enumValues: [{ name: 'on' }, { name: 'off' }, { name: 'stand_by' }, { name: 'value4' }] },
    });
  });

  it('guesses what is measured from words and values, and says how sure it is', () => {
    const fields = infer(
      sent({
        temperature: 21,
        outdoorTemp_F: 70,
        oil_pressure_kPa: 400,
        humidity: 0.4,
        pressure: 1013,
        batteryMv: 1,
        vbat: 3.3,
        n: 5,
        name: 'x',
      }),
    );
    const guess = (name: string) => {
      const measure = fields.get(name)?.measure;
      return measure && [measure.semanticType, measure.unit, measure.confidence];
    };
    expect(guess('temperature')).toEqual(['Temperature', 'degreeCelsius', 'high']);
    expect(guess('outdoorTemp_F')).toEqual(['Temperature', 'degreeFahrenheit', 'high']);
    expect(guess('humidity')).toEqual(['RelativeHumidity', 'unity', 'low']);
    expect(guess('pressure')).toEqual(['Pressure', 'millibar', 'low']);
    expect(guess('vbat')).toEqual(['Voltage', 'volt', 'high']);
    expect(guess('oil_pressure_kPa')).toEqual(['Pressure', 'kilopascal', 'high']);
    expect(guess('n')).toBeNull();
    // A temperature of 21 may be one of 21.5 tomorrow.
    expect(fields.get('temperature')?.schema).toBe('double');
    expect(fields.get('outdoorTemp_F')?.displayName).toBe('Outdoor temp F');
    expect(fields.get('oil_pressure_kPa')?.displayName).toBe('Oil pressure kPa');
  });

  it('tells parts of a device apart, and what may be set', async () => {
    const { fields } = inferFields([
      ...sent({ temperature: 20 }, 'thermostat1'),
      ...sent({ temperature: 20 }),
      { kind: 'property', component: 'thermostat1', name: 'target', value: 21, isWritable: true },
      { kind: 'property', component: null, name: 'serial', value: 'a' },
    ]);
    expect(fields.map(({ component, kind, name, isWritable }) => [component, kind, name, isWritable])).toEqual([
      [null, 'telemetry', 'temperature', false],
      [null, 'property', 'serial', false],
      ['thermostat1', 'telemetry', 'temperature', false],
      ['thermostat1', 'property', 'target', true],
    ]);
    await check(composed(fields));
  });

  it('is bounded, whatever is sent', async () => {
    const wide = sent(Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, index])));
    const { fields, skipped, skippedCount } = inferFields([...wide, ...wide]);
    expect(fields).toHaveLength(LIMITS.INFERRED_FIELDS_MAX);
    expect(skipped).toHaveLength(LIMITS.INFERRED_SKIPPED_TOLD_MAX);
    expect(skippedCount).toBeGreaterThan(10_000);
    await check(composed(fields));
    const object = sent({ big: Object.fromEntries(wide.map(({ name, value }) => [name, value])) });
    const { schema } = infer(object).get('big') ?? {};
    expect(schema).toMatchObject({ fields: { length: LIMITS.INFERRED_OBJECT_FIELDS_MAX } });
  });

  it('makes DTDL of anything', async () => {
    const values = fc.jsonValue({ maxDepth: 7 });
    const names = fc.oneof(fc.string(), fc.constantFrom('temp', 'a b', 'x', '__proto__', 'Pressure_kPa', '1a'));
    const observation = fc.record({
      kind: fc.constantFrom('telemetry', 'property'),
      component: fc.constantFrom(null, 'c1'),
      name: names,
      value: values,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(observation, { maxLength: 40 }), async (all) => {
        const { fields } = inferFields(all as Observation[]);
        const unique = new Map(fields.map((field) => [`${field.component}/${field.name}`, field]));
        await check(composed([...unique.values()]));
      }),
      { numRuns: 60 },
    );
  });
});

describe('addCapability', () => {
  const field = (name: string, component: string | null): InferredField =>
    inferFields(sent({ [name]: 5 }, component)).fields[0] as InferredField;

  it('adds to the root, to a part, and to a part that was not there', async () => {
    let document = composed([field('flow', null)]);
    for (const more of [field('level', null), field('speed', 'motor'), field('torque', 'motor')]) {
      document = addCapability(document, more);
    }
    await check(document);
    expect(document.capabilityModel).toMatchObject({
      contents: [
        { name: 'flow' },
        { name: 'level' },
        {
          name: 'motor',
          schema: { '@id': 'dtmi:t:Thing:component:motor;1', contents: [{ name: 'speed' }, { name: 'torque' }] },
        },
      ],
    });
    expect(() => addCapability(document, field('flow', null))).toThrow('the model has flow already');
    expect(() => addCapability(document, field('x', 'flow'))).toThrow('flow is no component');
  });

  it('leaves the other part of the same interface as it is', async () => {
    const schema = { '@id': 'dtmi:t:Motor;1', '@type': 'Interface', contents: [] };
    const parts = ['left', 'right'].map((name) => ({ '@type': 'Component', name, schema }));
    const model = { '@context': 'dtmi:dtdl:context;2', '@id': 'dtmi:t:Thing;1', '@type': 'Interface', contents: parts };
    const document = addCapability({ capabilityModel: model }, field('speed', 'left'));
    await check(document);
    expect(document.capabilityModel).toMatchObject({
      contents: [{ schema: { '@id': 'dtmi:t:Motor;2', contents: [{ name: 'speed' }] } }, { schema }],
    });
  });
});
