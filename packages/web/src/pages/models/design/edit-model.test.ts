import type { JsonObject } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import {
  addBase,
  basesOf,
  elementsOf,
  faultsOfWhole,
  faultsWithin,
  interfaceAt,
  modelOf,
  moveElement,
  nameInterface,
  newInterface,
  pathOf,
  putElement,
  removeBase,
  removeElement,
  separatePart,
  sharedWith,
} from './edit-model.ts';

const telemetry = (name: string) => ({ '@type': 'Telemetry', name, schema: 'double', 'x-acme': { kept: [name] } });
const motor = { '@id': 'dtmi:t:Motor;1', '@type': 'Interface', contents: [telemetry('speed')] };
const component = (name: string) => ({ '@type': 'Component', name, schema: motor });
const base = { '@id': 'dtmi:t:Base;1', '@type': 'Interface', contents: [component('spare')] };
const document: JsonObject = {
  '@type': ['ModelDefinition', 'DeviceModel'],
  displayName: 'Pump',
  'x-template': 1,
  capabilityModel: {
    '@context': ['dtmi:iotcentral:context;2', 'dtmi:dtdl:context;2'],
    '@id': 'dtmi:t:Pump;1',
    '@type': 'Interface',
    displayName: { en: 'Pump', de: 'Pumpe' },
    contents: [telemetry('flow'), component('left'), component('right')],
    extends: [base],
    'x-model': true,
  },
};
const names = (of: JsonObject, part: number | null) => elementsOf(interfaceAt(of, part) ?? {}).map(({ name }) => name);

describe('a model that is edited', () => {
  it('has its capabilities put, moved and removed, and all else as it was', () => {
    const put = putElement(document, null, 3, telemetry('level'));
    expect(names(put, null)).toEqual(['flow', 'left', 'right', 'level']);
    const moved = moveElement(put, null, 3, -1);
    expect(names(moved, null)).toEqual(['flow', 'left', 'level', 'right']);
    expect(moveElement(moved, null, 0, -1)).toEqual(moved);
    expect(removeElement(moveElement(moved, null, 2, 1), null, 3)).toEqual(document);
  });

  it('changes an interface wherever it is written out, for an identifier is of one', () => {
    const changed = putElement(document, 1, 1, telemetry('torque'));
    expect([names(changed, 1), names(changed, 2)]).toEqual([
      ['speed', 'torque'],
      ['speed', 'torque'],
    ]);
    expect(JSON.stringify(basesOf(modelOf(changed))[0]?.document)).toContain('torque');
    expect(sharedWith(document, 1)).toEqual(['right']);
    const alone = separatePart(document, 1);
    expect(interfaceAt(alone, 1)?.['@id']).toBe('dtmi:t:Pump:left;1');
    expect(sharedWith(alone, 1)).toEqual([]);
    expect(names(putElement(alone, 1, 1, telemetry('torque')), 2)).toEqual(['speed']);
  });

  it('makes interfaces of identifiers that are free', () => {
    const first = newInterface(document, 'fan');
    expect(first).toMatchObject({ '@id': 'dtmi:t:Pump:fan;1', contents: [] });
    const with1 = putElement(document, null, 9, { '@type': 'Component', name: 'fan', schema: first });
    expect(newInterface(with1, 'fan')['@id']).toBe('dtmi:t:Pump:fan2;1');
    expect(newInterface(document, 'no name')['@id']).toBe('dtmi:t:Pump:part;1');
  });

  it('is named in one language, and keeps the others', () => {
    const named = nameInterface(document, null, 'Big pump', 'It pumps');
    expect(modelOf(named).displayName).toEqual({ en: 'Big pump', de: 'Pumpe' });
    expect(named).toMatchObject({ displayName: 'Big pump', 'x-template': 1 });
    expect(modelOf(named).description).toBe('It pumps');
  });

  it('inherits, and inherits no more', () => {
    const more = addBase(document, 'dtmi:t:Other;1');
    expect(basesOf(modelOf(more)).map(({ modelId, document: of }) => [modelId, of === null])).toEqual([
      ['dtmi:t:Base;1', false],
      ['dtmi:t:Other;1', true],
    ]);
    const deep = addBase(document, { '@id': 'dtmi:t:Deep;1', extends: [base] });
    expect(basesOf(modelOf(deep)).map(({ way, modelId }) => [way.join('.'), modelId])).toEqual([
      ['0', 'dtmi:t:Base;1'],
      ['1', 'dtmi:t:Deep;1'],
      ['1.0', 'dtmi:t:Base;1'],
    ]);
    const { extends: _bases, ...rest } = modelOf(document);
    expect(modelOf(removeBase(removeBase(more, 1), 0))).toEqual(rest);
  });

  it('shows each fault at one element', () => {
    const fault = (...path: (string | number)[]) => ({ path, property: null, message: path.join('.') });
    const inner = fault('capabilityModel', 'contents', 1, 'schema', 'contents', 0, 'schema');
    const faults = [fault('capabilityModel'), fault('capabilityModel', 'extends', 0), inner];
    expect(faultsWithin(faults, pathOf(1, 0))).toEqual([inner]);
    expect(faultsWithin(faults, pathOf(null, 1))).toEqual([inner]);
    expect(faultsOfWhole(faults)).toEqual(faults.slice(0, 2));
  });
});
