import { HubError, type JsonObject, LIMITS } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { summarizeModel } from '../model/summarize-model.ts';
import { addCapability } from './compose-template.ts';
import { importTemplate } from './import-template.ts';
import { inlineModel } from './inline-model.ts';
import { nextVersion } from './next-version.ts';
import { dtdlVersion, separateInterfaces } from './separate-interfaces.ts';
import { isModelId, readTemplateDocument } from './template-document.ts';

const ID = 'dtmi:t:Thing;1';
const telemetry = (name: string, schema: unknown = 'double') => ({ '@type': 'Telemetry', name, schema });
const thing = (contents: unknown, more: object = {}): JsonObject => ({
  '@context': 'dtmi:dtdl:context;2',
  '@id': ID,
  '@type': 'Interface',
  contents,
  ...more,
});
const nothing = async () => undefined;

describe('models that are made to do harm', () => {
  it('do not grow by interfaces that name each other twice', () => {
    const chain = Array.from({ length: 40 }, (_, index) => ({
      ...thing([], { extends: [`dtmi:t:I${index + 1};1`, `dtmi:t:I${index + 1};1`] }),
      '@id': `dtmi:t:I${index};1`,
    }));
    expect(() => importTemplate(chain)).toThrow(`more than ${LIMITS.MODEL_INTERFACES_MAX} interfaces`);
    expect(() => importTemplate([thing([]), thing([telemetry('a')])])).toThrow(`[1] is a second interface ${ID}`);
  });

  it('do not grow by schemas that name each other many times', async () => {
    const schemas = Array.from({ length: 10 }, (_, index) => ({
      '@id': `dtmi:t:S${index};1`,
      '@type': 'Object',
      fields: Array.from({ length: 30 }, (_, field) => ({
        name: `f${field}`,
        schema: index === 9 ? 'double' : `dtmi:t:S${index + 1};1`,
      })),
    }));
    const model = thing([telemetry('a', 'dtmi:t:S0;1')], { schemas });
    await expect(summarizeModel(model, ID)).rejects.toThrow(`more than ${LIMITS.MODEL_FIELDS_MAX} fields`);
    const states = Array.from({ length: 5_000 }, (_, index) => ({ name: `v${index}`, enumValue: index }));
    const mode = { '@id': 'dtmi:t:mode;1', '@type': 'Enum', valueSchema: 'integer', enumValues: states };
    const many = Array.from({ length: 5_000 }, (_, index) => telemetry(`t${index}`, 'dtmi:t:mode;1'));
    await expect(summarizeModel(thing(many, { schemas: [mode] }), ID)).rejects.toThrow('fields');
  });

  it('refer to themselves in vain', async () => {
    const own = { '@id': 'dtmi:t:loop;1', '@type': 'Object', fields: [{ name: 'f', schema: 'dtmi:t:loop;1' }] };
    await expect(summarizeModel(thing([telemetry('a', own)], { schemas: [own] }), ID)).rejects.toThrow('nests deeper');
    const cyclic = thing([{ '@type': 'Component', name: 'c', schema: ID }]);
    await expect(inlineModel({ capabilityModel: cyclic }, nothing)).rejects.toThrow(`refers to ${ID}`);
    const other = { ...thing([], { extends: ID }), '@id': 'dtmi:t:Other;1' };
    const base = thing([], { extends: 'dtmi:t:Other;1' });
    await expect(inlineModel({ capabilityModel: base }, async () => other)).rejects.toThrow(`refers to ${ID}`);
  });

  it('do not grow past what is kept by what they only name', async () => {
    const large = { ...thing([], { comment: 'x'.repeat(100_000) }), '@id': 'dtmi:t:Large;1' };
    const contents = Array.from({ length: 150 }, (_, index) => ({
      '@type': 'Component',
      name: `c${index}`,
      schema: 'dtmi:t:Large;1',
    }));
    await expect(inlineModel({ capabilityModel: thing(contents) }, async () => large)).rejects.toThrow(
      'capabilityModel.contents[10].schema makes the model larger',
    );
  });

  it('have ten thousand capabilities in vain', async () => {
    const contents = Array.from({ length: 10_000 }, (_, index) => telemetry(`t${index}`));
    await expect(readTemplateDocument({ capabilityModel: thing(contents) })).rejects.toThrow('10000 capabilities');
  });

  it('mean nothing else by names that every object has', async () => {
    const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__', 'prototype'];
    const { summary } = await readTemplateDocument({ capabilityModel: thing(names.map((name) => telemetry(name))) });
    expect(summary.telemetry.map(({ name }) => name)).toEqual(names);
    const poisoned = JSON.parse(`{"@id":"${ID}","@type":"Interface","__proto__":{"contents":[{"@type":"Telemetry"}]}}`);
    const copy = separateInterfaces(poisoned as JsonObject)[0]?.copy ?? {};
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(JSON.stringify(copy)).toContain('__proto__');
    const overridden = importTemplate(
      JSON.parse(
        `{"@id":"urn:a:1","capabilityModel":{"@id":"urn:m:1","contents":[{"@id":"urn:x:1","@type":"Telemetry","name":"a"}]},
          "solutionModel":{"overrides":[{"capability":"urn:x:1","__proto__":{"schema":"string"}}]}}`,
      ),
    );
    const { contents } = overridden.document.capabilityModel as { readonly contents: readonly JsonObject[] };
    expect(contents[0]?.schema).toBeUndefined();
    expect(({} as Record<string, unknown>).schema).toBeUndefined();
  });

  it('keep what stands alone where a list is usual', async () => {
    const single = thing({ '@type': 'Component', name: 'c', schema: 'dtmi:t:Part;1' });
    const part = { ...thing(telemetry('a')), '@id': 'dtmi:t:Part;1' };
    const whole = await inlineModel({ capabilityModel: single }, async () => part);
    expect((await readTemplateDocument(whole)).summary.telemetry).toMatchObject([{ component: 'c', name: 'a' }]);
    expect(importTemplate([single, part]).document.capabilityModel).toMatchObject({
      contents: [{ schema: { contents: [{ name: 'a' }] } }],
    });
    const grown = addCapability(
      { capabilityModel: thing(telemetry('a')) },
      { ...FIELD, component: null, name: 'b' },
    ).capabilityModel;
    expect((grown as { readonly contents: readonly JsonObject[] }).contents.map(({ name }) => name)).toEqual([
      'a',
      'b',
    ]);
  });

  it('have identifiers that are DTMIs of ASCII, or urns, and nothing else', () => {
    for (const id of [
      'dtmi:é;1',
      'dtmi:t:Ｔ;1',
      'dtmi:../../x;1',
      'dtmi:t:A;0',
      'dtmi:t:A_;1',
      'urn:a b',
      '',
      `dtmi:${'a'.repeat(2_048)};1`,
    ]) {
      expect(isModelId(id), id).toBe(false);
    }
    expect(isModelId(`dtmi:${'a:'.repeat(900)}a;1`)).toBe(true);
    expect(nextVersion('urn:contoso:pump:1')).toBe('urn:contoso:pump:2');
    expect(nextVersion('urn:contoso:pump')).toBe('urn:contoso:pump:2');
    expect(nextVersion('urn:a:9007199254740993')).toBe('urn:a:9007199254740994');
    expect(nextVersion('dtmi:t:A;3.1')).toBe('dtmi:t:A;4');
    expect(dtdlVersion('dtmi:dtdl:context;22')).toBe(22);
  });

  it('are of several versions at once', () => {
    const v3 = { ...thing([telemetry('a', 'geopoint')], { '@context': 'dtmi:dtdl:context;3' }), '@id': 'dtmi:t:P;1' };
    const mixed = thing([{ '@type': 'Component', name: 'c', schema: v3 }, telemetry('b', 'geopoint')]);
    const copies = separateInterfaces(mixed).map(({ copy }) => JSON.stringify(copy));
    expect(copies[0]).toMatch(/dtdl:context;2.*geopoint/);
    expect(copies[1]).toMatch(/(?=.*dtdl:context;3)(?!.*geopoint)/);
  });

  it('have long names in components that still make identifiers', () => {
    const long = 'x'.repeat(64);
    const model = { ...thing([]), '@id': `dtmi:viaduct:device:${long};1` };
    const { capabilityModel } = addCapability({ capabilityModel: model }, { ...FIELD, component: long, name: 'a' });
    const [component] = (capabilityModel as { readonly contents: readonly JsonObject[] }).contents;
    const { '@id': given } = (component?.schema ?? {}) as JsonObject;
    const id = String(given);
    expect(id.length).toBeLessThanOrEqual(LIMITS.INTERFACE_ID_CHARACTERS_MAX);
    expect(isModelId(id)).toBe(true);
  });

  it('nest as deep as JSON may, and no deeper', async () => {
    const nested = (depth: number) => {
      let schema: unknown = 'double';
      for (let i = 0; i < depth; i++) schema = { '@type': 'Array', elementSchema: schema };
      return readTemplateDocument({ capabilityModel: thing([telemetry('a', schema)]) });
    };
    await nested(LIMITS.MODEL_DEPTH_MAX - 1);
    await expect(nested(150)).rejects.toBeInstanceOf(HubError);
  });
});

const FIELD = {
  kind: 'telemetry',
  displayName: '',
  schema: 'double',
  role: null,
  isWritable: false,
  measure: null,
  seen: 1,
  example: 1,
} as const;
