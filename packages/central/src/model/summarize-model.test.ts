import { readFile } from 'node:fs/promises';
import { HubError, type ModelSchema, type ModelSummary } from '@viaduct/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarizeModel } from './summarize-model.ts';

const ID = 'dtmi:test:Thing;1';
const OTHER = 'dtmi:test:Other;1';

function model(contents: unknown, more: object = {}): object {
  return { '@id': ID, '@type': 'Interface', '@context': 'dtmi:dtdl:context;3', contents, ...more };
}

async function schemaOf(schema: unknown, more: object = {}): Promise<ModelSchema | undefined> {
  const summary = await summarizeModel(model([{ '@type': 'Telemetry', name: 't', schema }], more), ID);
  return summary.telemetry[0]?.schema;
}

async function refusalOf(document: unknown): Promise<string> {
  const outcome = await summarizeModel(document, ID).catch((thrown: unknown) => thrown);
  expect(outcome).toBeInstanceOf(HubError);
  expect(outcome).toMatchObject({ code: 'model.invalid' });
  return (outcome as HubError).message;
}

describe('summarizeModel', () => {
  it('reads the examples that we ship', async () => {
    const read = async (name: string): Promise<ModelSummary> => {
      const file = new URL(`../../models/dtmi/viaduct/example/${name.toLowerCase()}-1.json`, import.meta.url);
      const document = JSON.parse(await readFile(file, 'utf8')) as unknown;
      return summarizeModel(document, `dtmi:viaduct:example:${name};1`);
    };
    const thermostat = await read('Thermostat');
    expect(thermostat.telemetry[0]).toEqual({
      name: 'temperature',
      displayName: 'Room temperature',
      description: null,
      component: null,
      semanticType: 'Temperature',
      unit: '°C',
      schema: { kind: 'number' },
    });
    expect(thermostat.properties.map(({ name, writable }) => [name, writable])).toEqual([
      ['targetTemperature', true],
      ['mode', true],
      ['firmwareVersion', false],
    ]);
    expect(thermostat.commands[0]).toMatchObject({
      name: 'boost',
      request: { name: 'minutes' },
      response: { name: 'until' },
    });
    expect((await read('Motor')).commands[0]?.request?.schema).toEqual({ kind: 'string' });
    const pump = await read('Pump');
    expect(pump.telemetry[2]?.schema).toMatchObject({ kind: 'object', fields: [{ name: 'x', unit: 'm/s²' }, {}, {}] });
    expect(pump.properties[0]?.schema).toEqual({ kind: 'map', value: { kind: 'time' } });
  });

  it('reads every kind of schema', async () => {
    expect(await schemaOf('double')).toEqual({ kind: 'number' });
    expect(await schemaOf('unsignedLong')).toEqual({ kind: 'integer' });
    expect(await schemaOf('dtmi:dtdl:instance:Schema:duration;2')).toEqual({ kind: 'duration' });
    expect(await schemaOf({ '@type': 'Array', elementSchema: { '@type': 'Array', elementSchema: 'boolean' } })).toEqual(
      {
        kind: 'array',
        element: { kind: 'array', element: { kind: 'boolean' } },
      },
    );
    const enumValues = [{ name: 'on', enumValue: 1, displayName: { en: 'On' } }];
    expect(await schemaOf({ '@type': 'Enum', valueSchema: 'integer', enumValues })).toEqual({
      kind: 'enum',
      values: [{ name: 'on', value: 1, displayName: 'On' }],
    });
    expect(await schemaOf('geopoint')).toMatchObject({
      kind: 'object',
      fields: [{ name: 'lat' }, { name: 'lon' }, {}],
    });
    expect(await schemaOf('point')).toMatchObject({
      kind: 'object',
      fields: [{ name: 'type' }, { name: 'coordinates' }],
    });
  });

  it('shows a schema it does not know as text, and a unit it does not know as it is named', async () => {
    expect(await schemaOf('somethingOfVersion9')).toEqual({ kind: 'string' });
    const summary = await summarizeModel(
      model([
        { '@type': 'Telemetry', name: 'a', schema: 'double', unit: 'furlongPerFortnight' },
        { '@type': 'Telemetry', name: 'b', schema: 'double', unit: 'dtmi:standard:unit:percent;2' },
        { '@type': 'Telemetry', name: 'c', schema: 'double', unit: 'unity' },
      ]),
      ID,
    );
    expect(summary.telemetry.map(({ unit }) => unit)).toEqual(['furlongPerFortnight', '%', null]);
  });

  it("takes a map's unit from its values, where DTDL v3 has it", async () => {
    const mapValue = { '@type': ['MapValue', 'Temperature'], name: 'v', schema: 'double', unit: 'degreeCelsius' };
    const schema = { '@type': 'Map', mapKey: { name: 'k', schema: 'string' }, mapValue };
    const summary = await summarizeModel(model([{ '@type': 'Telemetry', name: 'sensors', schema }]), ID);
    expect(summary.telemetry[0]).toMatchObject({
      unit: '°C',
      semanticType: 'Temperature',
      schema: { kind: 'map', value: { kind: 'number' } },
    });
  });

  it('prefers English, then whatever language there is, then the name', async () => {
    const named = (displayName: unknown) => ({ '@type': 'Telemetry', name: 'n', schema: 'double', displayName });
    const summary = async (displayName: unknown) =>
      (await summarizeModel(model([named(displayName)]), ID)).telemetry[0]?.displayName;
    expect(await summary({ de: 'Druck', en: 'Pressure' })).toBe('Pressure');
    expect(await summary({ de: 'Druck' })).toBe('Druck');
    expect(await summary(undefined)).toBe('n');
  });

  it('reads components one level deep, and what an interface extends, from other documents', async () => {
    const documents: Record<string, unknown> = {
      [OTHER]: {
        '@id': OTHER,
        '@type': 'Interface',
        contents: [
          { '@type': 'Telemetry', name: 'inherited', schema: 'double' },
          { '@type': 'Telemetry', name: 'both', schema: 'string' },
          { '@type': 'Component', name: 'deeper', schema: ID },
        ],
      },
    };
    const document = model(
      [
        { '@type': 'Telemetry', name: 'both', schema: 'double' },
        { '@type': 'Component', name: 'left', schema: OTHER },
        { '@type': 'Component', name: 'gone', schema: 'dtmi:test:Gone;1' },
      ],
      { extends: [OTHER] },
    );
    const summary = await summarizeModel(document, ID, async (id) => documents[id]);
    expect(summary.telemetry.map(({ component, name, schema }) => [component, name, schema.kind])).toEqual([
      [null, 'both', 'number'],
      ['left', 'inherited', 'number'],
      ['left', 'both', 'string'],
      [null, 'inherited', 'number'],
      ['deeper', 'both', 'number'],
      ['deeper', 'inherited', 'number'],
    ]);
  });

  it('finds its interface in an expanded document', async () => {
    const other = {
      '@id': OTHER,
      '@type': 'Interface',
      contents: [{ '@type': 'Telemetry', name: 'x', schema: 'long' }],
    };
    const document = [other, model([{ '@type': 'Component', name: 'c', schema: OTHER }])];
    const summary = await summarizeModel(document, ID);
    expect(summary.telemetry).toMatchObject([{ component: 'c', name: 'x' }]);
  });

  it('names the place that is wrong', async () => {
    expect(await refusalOf([])).toBe(`$ has no interface ${ID}`);
    expect(await refusalOf(model([{ '@type': 'Telemetry', schema: 'double' }]))).toBe('$.contents[0] has no name');
    expect(await refusalOf(model([{ '@type': 'Telemetry', name: 't', schema: { '@type': 'Set' } }]))).toBe(
      '$.contents[0].schema is neither Enum, Object, Array nor Map',
    );
    expect(await refusalOf(model([], { extends: ID }))).toBe('$ extends itself');
    const self = { '@id': 'dtmi:s;1', '@type': 'Array', elementSchema: 'dtmi:s;1' };
    const endless = model([{ '@type': 'Telemetry', name: 't', schema: 'dtmi:s;1' }], { schemas: [self] });
    expect(await refusalOf(endless)).toContain('nests deeper than');
  });

  it('answers any JSON at all with a summary or a refusal', async () => {
    const words = fc.constantFrom(
      '@id',
      '@type',
      'contents',
      'schema',
      'schemas',
      'fields',
      'name',
      'extends',
      'enumValues',
      'enumValue',
      'unit',
      'mapValue',
      'elementSchema',
      'request',
      'displayName',
      'Interface',
      'Telemetry',
      'Property',
      'Command',
      'Component',
      'Enum',
      'Object',
      'Array',
      'Map',
      'double',
      '__proto__',
      'constructor',
      'toString',
      ID,
      OTHER,
    );
    const { node } = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        words,
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(words, tie('node'), { maxKeys: 6 }),
        fc
          .dictionary(words, tie('node'), { maxKeys: 6 })
          .map((fields) => ({ '@id': ID, '@type': 'Interface', ...fields })),
        fc
          .dictionary(words, tie('node'), { maxKeys: 4 })
          .map((fields) => ({ '@type': 'Telemetry', name: 'n', ...fields })),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(node, node, async (document, other) => {
        const outcome = await summarizeModel(document, ID, async () => other).catch((thrown: unknown) => thrown);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'HubError', code: 'model.invalid' });
        else expect(outcome).toMatchObject({ modelId: ID });
      }),
      { numRuns: 2_000 },
    );
  });
});
