import { HubError, type JsonObject } from '@viaduct/contracts';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { checkModel } from './check-model.ts';
import { WasmDtdlParser } from './dtdl-parser.ts';

const parser = new WasmDtdlParser();
afterAll(() => parser.close());

const V2 = ['dtmi:iotcentral:context;2', 'dtmi:dtdl:context;2'];
const BASE = { '@id': 'dtmi:t:Base;1', '@type': 'Interface', contents: [telemetry('u')] };

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

  it('answers those that waited when it is closed', async () => {
    const closing = new WasmDtdlParser();
    const waiting = [closing.parse([]), closing.parse([])];
    const outcomes = Promise.allSettled(waiting);
    await closing.close();
    expect((await outcomes)[0]).toMatchObject({ status: 'rejected', reason: { code: 'server.draining' } });
    await closing.close();
  });
});
