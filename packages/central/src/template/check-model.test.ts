import { HubError, type JsonObject, semanticTypes, unitsOf } from '@viaduct/contracts';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { findModelFaults, refuseFaults } from './check-model.ts';
import { WasmDtdlParser } from './dtdl-parser.ts';

const parser = new WasmDtdlParser();
afterAll(() => parser.close());

const V2 = ['dtmi:iotcentral:context;2', 'dtmi:dtdl:context;2'];
const BASE = { '@id': 'dtmi:t:Base;1', '@type': 'Interface', contents: [telemetry('u')] };

async function checkModel(by: WasmDtdlParser, model: JsonObject): Promise<void> {
  refuseFaults(await findModelFaults(by, model));
}

function telemetry(name: string, more: object = {}): object {
  return { '@type': 'Telemetry', name, schema: 'double', ...more };
}

function check(contents: readonly object[], context: unknown = V2, more: object = {}): Promise<void> {
  return checkModel(parser, { '@context': context, '@id': 'dtmi:t:Thing;1', '@type': 'Interface', contents, ...more });
}

async function refusal(...[contents, context, more]: Parameters<typeof check>): Promise<string> {
  const outcome = await check(contents, context, more).catch((thrown: unknown) => thrown);
  expect(outcome).toBeInstanceOf(HubError);
  return (outcome as HubError).message;
}

describe('checkModel', () => {
  it('takes versions 2, 3 and 4 with units', async () => {
    const measured = telemetry('t', { '@type': ['Telemetry', 'Temperature'], unit: 'degreeCelsius' });
    for (const version of [2, 3, 4]) await check([measured], `dtmi:dtdl:context;${version}`);
    await check([telemetry('t', { '@type': ['Telemetry', 'Temperature'] })]);
  });

  it("takes what IoT Central adds, in its own context and in later versions' too", async () => {
    const contents = [
      telemetry('mode', {
        '@type': ['Telemetry', 'State'],
        schema: { '@type': 'Enum', valueSchema: 'integer', enumValues: [{ name: 'on', enumValue: 1 }] },
      }),
      telemetry('place', { '@type': ['Telemetry', 'Location'], schema: 'geopoint' }),
      telemetry('alarm', { '@type': ['Telemetry', 'Event'], schema: 'string', severity: 'Warning' }),
      telemetry('shown', { '@type': ['Telemetry', 'NumberValue'], decimalPlaces: 2, minValue: 0, color: '#102030' }),
      { '@type': ['Property', 'Cloud', 'StringValue'], name: 'owner', schema: 'string' },
      { '@type': ['Property', 'Initialized'], name: 'rate', schema: 'double', writable: true, initialValue: 5 },
      { '@type': 'Command', name: 'reboot', durable: true },
    ];
    for (const version of [2, 3, 4]) {
      await check(contents, ['dtmi:iotcentral:context;2', `dtmi:dtdl:context;${version}`]);
    }
  });

  it('lets types of others pass, with what they bring', async () => {
    const foreign = telemetry('t', { '@type': ['Telemetry', 'Spectrum'], bands: 12 });
    for (const version of [2, 3, 4]) await check([foreign], [`dtmi:dtdl:context;${version}`, 'dtmi:acme:context;1']);
  });

  it('reads an interface that is written twice once, and refuses two of one name', async () => {
    const parts = ['left', 'right'].map((name) => ({ '@type': 'Component', name, schema: BASE }));
    await check(parts);
    await check([], V2, { extends: { ...BASE, '@id': undefined } });
    const other = { ...BASE, contents: [telemetry('w')] };
    expect(await refusal([...parts, { '@type': 'Component', name: 'third', schema: other }])).toContain(
      'capabilityModel.contents[2].schema is another dtmi:t:Base;1',
    );
  });

  it('names the elements that are wrong', async () => {
    const message = await refusal([telemetry('not-a-name'), telemetry('b', { schema: 'dubble' })]);
    expect(message).toContain("dtmi:t:Thing (contents not-a-name)'s property 'name' has value 'not-a-name'");
    expect(message.split('\n')).toHaveLength(2);
    expect(message).toContain("'contents' value with name 'b' whose property 'schema' has value 'dubble'");
    expect(await refusal([{ '@type': 'Property', name: 'p', schema: 'string', writeable: true }])).toContain(
      'writeable',
    );
    expect(await refusal([{ '@type': 'Telemetri', name: 'p', schema: 'string' }])).toContain(
      'capabilityModel.contents[0] has no @type',
    );
    expect(await refusal([telemetry('t', { '@type': ['Telemetry', 'State'] })])).toContain('Enum');
    expect(await refusal([telemetry('t'), telemetry('t')])).toContain('more than one');
    expect(await refusal(Array.from({ length: 301 }, (_, index) => telemetry(`t${index}`)))).toContain('300');
    expect(await refusal([{ '@type': 'Component', name: 'c', schema: 'dtmi:t:None;1' }])).toContain('dtmi:t:None;1');
  });

  it('says where each of them is', async () => {
    const places = async (contents: readonly object[], more: object = {}) => {
      const model = { '@context': V2, '@id': 'dtmi:t:Thing;1', '@type': 'Interface', contents, ...more };
      const faults = await findModelFaults(parser, model);
      return faults.map(({ path, property }) => [path.slice(1).join('.'), property]);
    };
    const fields = [
      { name: 'x', schema: 'double' },
      { name: 'y-', schema: 'double' },
    ];
    expect(await places([telemetry('a'), telemetry('o', { schema: { '@type': 'Object', fields } })])).toEqual([
      ['contents.1.schema.fields.1', 'name'],
    ]);
    const answer = { name: 'r', schema: { '@type': 'Array', elementSchema: 'dubble' } };
    expect(await places([{ '@type': 'Command', name: 'c', request: { name: 'q-', schema: 'double' } }])).toEqual([
      ['contents.0.request', 'name'],
    ]);
    expect(await places([{ '@type': 'Command', name: 'c', response: answer }])).toEqual([
      ['contents.0.response.schema', 'elementSchema'],
    ]);
    const hot = telemetry('h', { '@type': ['Telemetry', 'Temperature'], unit: 'metre' });
    expect(await places([telemetry('a'), hot])).toEqual([['contents.1', 'unit']]);
    expect(await places([telemetry('a'), telemetry('b'), telemetry('a')])).toEqual([['contents.2', 'name']]);
    expect(await places([telemetry('a'), { '@type': 'Telemetry', schema: 'double' }])).toEqual([
      ['contents.1', 'name'],
    ]);
    const own = telemetry('i', { '@id': 'dtmi:t:own;1', schema: 'dubble' });
    const bad = { '@id': 'dtmi:t:Part;1', '@type': 'Interface', contents: [own] };
    expect(await places([{ '@type': 'Component', name: 'p', schema: bad }])).toEqual([
      ['contents.0.schema.contents.0', 'schema'],
    ]);
    const { '@id': _id, ...nameless } = bad;
    expect(await places([telemetry('a')], { extends: [BASE, nameless] })).toEqual([['extends.1.contents.0', 'schema']]);
    const p = { '@type': 'Property', name: 'p', schema: { '@type': 'Array', elementSchema: 'double' } };
    expect(await places([p])).toEqual([['contents.0', 'schema']]);
  });

  it('takes the same interface with its members in another order for the same', async () => {
    const turned = Object.fromEntries(Object.entries(BASE).reverse());
    await check([BASE, turned].map((schema, index) => ({ '@type': 'Component', name: `c${index}`, schema })));
  });

  it('knows which units go with which semantic type, in each version', async () => {
    for (const version of [2, 3, 4]) {
      const pairs = semanticTypes(version).flatMap((type) =>
        unitsOf(type, version).map((unit) => [type, unit] as const),
      );
      expect(semanticTypes(version)).toHaveLength(version === 2 ? 42 : 52);
      const measured = pairs.map(([type, unit], index) =>
        telemetry(`t${index}`, { '@type': ['Telemetry', type], unit }),
      );
      for (let at = 0; at < measured.length; at += 300) {
        await check(measured.slice(at, at + 300), `dtmi:dtdl:context;${version}`);
      }
      // Not because anything goes.
      const all = semanticTypes(version);
      const wrong = all.map((type) => telemetry(type, { '@type': ['Telemetry', type], unit: 'noUnit' }));
      expect(
        (
          await findModelFaults(parser, {
            '@context': `dtmi:dtdl:context;${version}`,
            '@id': 'dtmi:t:T;1',
            '@type': 'Interface',
            contents: wrong,
          })
        ).length,
      ).toBeGreaterThanOrEqual(all.length);
    }
    expect(unitsOf('constructor', 2)).toEqual([]);
  });

  it('leaves models of before there were DTMIs to central', async () => {
    await checkModel(parser, { '@id': 'urn:contoso:pump:1', '@type': 'CapabilityModel', implements: [] });
  });

  it('refuses or takes any JSON at all, and goes on reading', async () => {
    const keys = fc.constantFrom('@id', '@type', '@context', 'contents', 'extends', 'schema', 'name', 'enumValues');
    const values = fc.constantFrom(
      'dtmi:t:Thing;1',
      'Interface',
      'Component',
      'Telemetry',
      'double',
      '',
      1,
      null,
      true,
    );
    const { node } = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        values,
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(keys, tie('node')),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(keys, node), async (model) => {
        const outcome = await checkModel(parser, model as JsonObject).catch((thrown: unknown) => thrown);
        expect(outcome === undefined || outcome instanceof HubError, String(outcome)).toBe(true);
      }),
      { numRuns: 200 },
    );
    await check([telemetry('t')]);
  });
});
