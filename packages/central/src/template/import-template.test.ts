import { HubError } from '@viaduct/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importTemplate } from './import-template.ts';
import { readTemplateDocument } from './template-document.ts';

const telemetry = (name: string) => ({ '@type': 'Telemetry', name, schema: 'double' });
const thing = (id: string, contents: readonly object[], more: object = {}) => ({
  '@context': 'dtmi:dtdl:context;2',
  '@id': id,
  '@type': 'Interface',
  contents,
  ...more,
});
const component = (name: string, schema: unknown) => ({ '@type': 'Component', name, schema });

describe('importTemplate', () => {
  it('makes a template of one interface, of the same identifier', () => {
    const model = thing('dtmi:t:Pump;1', [telemetry('flow')]);
    expect(importTemplate(model)).toEqual({
      templateId: 'dtmi:t:Pump;1',
      document: { '@type': ['ModelDefinition', 'DeviceModel'], capabilityModel: model },
    });
  });

  it('finds the device in a list of interfaces, and puts its parts in place', async () => {
    const motor = thing('dtmi:t:Motor;1', [telemetry('speed')]);
    const base = thing('dtmi:t:Base;1', [telemetry('rssi')]);
    const pump = thing('dtmi:t:Pump;1', [component('motor', 'dtmi:t:Motor;1')], { extends: ['dtmi:t:Base;1'] });
    const { templateId, document } = importTemplate([motor, pump, base]);
    expect(templateId).toBe('dtmi:t:Pump;1');
    expect(document.capabilityModel).toMatchObject({ extends: [base], contents: [{ name: 'motor', schema: motor }] });
    const { summary } = await readTemplateDocument(document);
    expect(summary.telemetry.map(({ component: of, name }) => [of, name])).toEqual([
      ['motor', 'speed'],
      [null, 'rssi'],
    ]);
    expect(() => importTemplate([motor, base])).toThrow('no other refers to any of dtmi:t:Motor;1, dtmi:t:Base;1');
    expect(() => importTemplate([])).toThrow('none is the device');
  });

  it('takes a template of IoT Central as it is', () => {
    const exported = {
      '@id': 'dtmi:modelDefinition:abc:def;1',
      '@type': ['ModelDefinition', 'DeviceModel'],
      etag: '"x"',
      displayName: 'Pump',
      capabilityModel: thing('dtmi:t:Pump;1', []),
    };
    expect(importTemplate(exported)).toEqual({ templateId: 'dtmi:modelDefinition:abc:def;1', document: exported });
  });

  it('takes a template of before there were DTMIs, with what lay beside its model', async () => {
    const { document, templateId } = importTemplate({
      '@id': 'urn:acme:template:1',
      '@type': 'DeviceModelDefinition',
      displayName: 'Old pump',
      capabilityModel: {
        '@id': 'urn:acme:pump:1',
        '@type': 'CapabilityModel',
        '@context': ['http://azureiot.com/v1/contexts/IoTModel.json'],
        implements: [
          {
            '@type': 'InterfaceInstance',
            name: 'i0',
            schema: { '@id': 'urn:acme:i0:1', '@type': 'Interface', contents: [telemetry('flow')] },
          },
        ],
      },
      solutionModel: {
        cloudProperties: [{ '@id': 'urn:acme:owner:1', '@type': 'CloudProperty', name: 'owner', schema: 'string' }],
        overrides: [{ '@type': 'DisplayNameOverride', capability: 'urn:acme:owner:1', displayName: 'Who pays' }],
      },
    });
    expect(templateId).toBe('urn:acme:template:1');
    const { summary } = await readTemplateDocument(document);
    expect(summary.telemetry.map(({ name }) => name)).toEqual(['flow']);
    expect(summary.cloudProperties).toMatchObject([{ name: 'owner', displayName: 'Who pays' }]);
  });

  it('says what is wrong with anything else', () => {
    expect(() => importTemplate(5)).toThrow('the document is not an object');
    expect(() => importTemplate({})).toThrow('neither a DTDL interface');
    expect(() => importTemplate(thing('pump', []))).toThrow('@id is no identifier');
    let deep: unknown = {};
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(() => importTemplate({ capabilityModel: { deep } })).toThrow('nests deeper');
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.record({ '@id': fc.constantFrom('dtmi:a;1', 'x'), extends: fc.jsonValue() })),
    );
    fc.assert(
      fc.property(anything, (value) => {
        try {
          importTemplate(value);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(HubError);
        }
      }),
    );
  });
});
