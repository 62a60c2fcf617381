import type { JsonObject } from '@viaduct/contracts';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { findModelFaults } from '../../packages/central/src/template/check-model.ts';
import { WasmDtdlParser } from '../../packages/central/src/template/dtdl-parser.ts';
import {
  CAPABILITY_KINDS,
  meaningsFor,
  NEW_CAPABILITY,
  withHint,
  withKind,
  withMeaning,
  withSchema,
} from '../../packages/web/src/pages/models/design/edit-element.ts';
import {
  addBase,
  elementsOf,
  interfaceAt,
  moveElement,
  nameInterface,
  newInterface,
  type Part,
  putElement,
  removeBase,
  removeElement,
  separatePart,
} from '../../packages/web/src/pages/models/design/edit-model.ts';
import {
  COMPLEX_KINDS,
  newSchema,
  schemaChoices,
  withNewState,
  withValueSchema,
} from '../../packages/web/src/pages/models/design/edit-schema.ts';

/** What people may do in the designer, chosen by numbers. */
interface RandomEdit {
  readonly act: number;
  readonly part: number;
  readonly index: number;
  readonly choice: number;
  readonly text: string;
}

const edit: fc.Arbitrary<RandomEdit> = fc.record({
  act: fc.nat(10),
  part: fc.nat(4),
  index: fc.nat(5),
  choice: fc.nat(1_000),
  text: fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor'), fc.string({ maxLength: 8 })),
});
const anyEdits = fc.array(edit, { maxLength: 12 });

function applyEdits(document: JsonObject, edits: readonly RandomEdit[]): JsonObject {
  return edits.reduce(applyEdit, document);
}

function applyEdit(document: JsonObject, { act, part: wanted, index, choice, text }: RandomEdit): JsonObject {
  const part: Part = interfaceAt(document, wanted) === undefined ? null : wanted;
  const elements = elementsOf(interfaceAt(document, part) ?? {});
  const element = elements[index] ?? NEW_CAPABILITY;
  const put = (changed: JsonObject) => putElement(document, part, index, changed);
  const add = (added: JsonObject) => putElement(document, part, elements.length, added);
  const pick = <T>(all: readonly T[]): T => all[choice % all.length] as T;
  switch (act) {
    case 0:
      return add({ ...NEW_CAPABILITY, name: text });
    case 1:
      return removeElement(document, part, index);
    case 2:
      return moveElement(document, part, index, choice % 2 === 0 ? 1 : -1);
    case 3:
      return put(withKind(element, pick(CAPABILITY_KINDS)));
    case 4:
      return put(withSchema(element, anySchema(choice)));
    case 5: {
      const { roles, types } = meaningsFor(element, 2);
      return put(withMeaning(element, pick(['', ...roles, ...types]), 2));
    }
    case 6:
      return put(
        withHint(element, pick(['minValue', 'decimalPlaces', 'displayUnit']), choice === 0 ? undefined : choice),
      );
    case 7:
      return nameInterface(document, part, text, text);
    case 8:
      return add({ '@type': 'Component', name: text, schema: newInterface(document, text) });
    case 9:
      return part === null ? addBase(document, newInterface(document, text)) : separatePart(document, part);
    default:
      return removeBase(document, index);
  }
}

function anySchema(choice: number): unknown {
  const place = { version: 2, isProperty: false, depth: 0, shared: [] };
  const kinds = schemaChoices(place).flatMap(({ kinds: some }) => some.map(({ value }) => value));
  const kind = kinds[choice % kinds.length] ?? 'double';
  const schema = newSchema(kind);
  if (kind === 'enum')
    return withValueSchema(withNewState(schema as JsonObject), choice % 2 === 0 ? 'string' : 'integer');
  const inner = newSchema(COMPLEX_KINDS[choice % COMPLEX_KINDS.length] ?? 'map');
  return kind === 'array' ? { ...(schema as JsonObject), elementSchema: inner } : schema;
}

const telemetry = (name: string) => ({ '@type': 'Telemetry', name, schema: 'double', 'x-acme': { kept: [name] } });
const motor = { '@id': 'dtmi:t:Motor;1', '@type': 'Interface', contents: [telemetry('speed')] };
const component = (name: string) => ({ '@type': 'Component', name, schema: motor });
const PUMP: JsonObject = {
  '@type': ['ModelDefinition', 'DeviceModel'],
  'x-template': 1,
  capabilityModel: {
    '@context': ['dtmi:iotcentral:context;2', 'dtmi:dtdl:context;2'],
    '@id': 'dtmi:t:Pump;1',
    '@type': 'Interface',
    contents: [telemetry('flow'), component('left'), component('right')],
    'x-model': true,
  },
};

const parser = new WasmDtdlParser();
afterAll(() => parser.close());

/** The designer of the console and the check of the server, together. */
describe('a model that is designed', () => {
  it('is JSON after any edits, with everything that no edit knows', () => {
    fc.assert(
      fc.property(anyEdits, (edits) => {
        const frozen = JSON.stringify(PUMP);
        const after = applyEdits(PUMP, edits);
        const text = JSON.stringify(after);
        expect(JSON.parse(text)).toEqual(after);
        expect(JSON.stringify(PUMP)).toBe(frozen);
        expect(after).toMatchObject({ 'x-template': 1, capabilityModel: { 'x-model': true, '@id': 'dtmi:t:Pump;1' } });
        const named = (name: string) => text.split(`"name":"${name}"`).length;
        const kept = (name: string) => text.split(`{"kept":["${name}"]}`).length;
        for (const name of ['flow', 'speed']) expect(kept(name)).toBe(named(name));
      }),
    );
  });

  it('survives what is no model at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), anyEdits, (contents, edits) => {
        applyEdits({ capabilityModel: { contents, extends: contents } } as unknown as JsonObject, edits);
        applyEdits({ capabilityModel: contents } as unknown as JsonObject, edits);
      }),
    );
  });

  it('is DTDL after any edits, or has faults at places that there are', async () => {
    const { capabilityModel } = PUMP;
    const { 'x-model': _mark, ...model } = capabilityModel as JsonObject;
    const plain = JSON.parse(
      JSON.stringify({ capabilityModel: model }, (key, value) => (key === 'x-acme' ? undefined : value)),
    );
    expect(await findModelFaults(parser, plain.capabilityModel)).toEqual([]);
    await fc.assert(
      fc.asyncProperty(anyEdits, async (edits) => {
        const after = applyEdits(plain, edits);
        const faults = await findModelFaults(parser, after.capabilityModel as JsonObject);
        for (const { path, message } of faults) {
          const place = path.reduce<unknown>(
            (of, one) => (of as Record<string | number, unknown> | undefined)?.[one],
            after,
          );
          expect(place, `${path.join('.')}: ${message}`).toBeDefined();
        }
      }),
      { numRuns: 60 },
    );
  });
});
