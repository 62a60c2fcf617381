import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubError, type JsonObject, LIMITS } from '@viaduct/contracts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CentralStore, openCentralStore } from '../store/central-store.ts';
import { inlineModel } from './inline-model.ts';
import { StoredTemplateBook } from './stored-template-book.ts';

const ID = 'dtmi:test:templates:Pump;1';
const MODEL_ID = 'dtmi:test:Pump;1';
const BASE: JsonObject = {
  '@id': 'dtmi:test:Base;1',
  '@type': 'Interface',
  contents: [{ '@type': 'Property', name: 'serial', schema: 'string' }],
};

let directory: string;
let store: CentralStore;
let book: StoredTemplateBook;
let time = 1;
let bytes = 0;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-templates-'));
  store = await openCentralStore({ file: join(directory, 'central.sqlite'), clock: { now: () => time++ } });
  book = await open();
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

const findModel = async (id: string) => (id === BASE['@id'] ? BASE : undefined);

function open(): Promise<StoredTemplateBook> {
  return StoredTemplateBook.open({
    store,
    random: { bytes: (count) => Buffer.alloc(count, bytes++) },
    complete: (document) => inlineModel(document, findModel),
    findFaults: async () => [],
    findModel,
    onFault: (fault) => expect.fail(String(fault)),
  });
}

function pump(contents: readonly object[] = [{ '@type': 'Telemetry', name: 'flow', schema: 'double' }]): JsonObject {
  const capabilityModel = { '@id': MODEL_ID, '@type': 'Interface', displayName: 'Pump', contents };
  return { '@type': ['ModelDefinition', 'DeviceModel'], capabilityModel };
}

const refusal = (work: Promise<unknown>) => expect(work).rejects.toBeInstanceOf(HubError);

describe('the template book', () => {
  it('publishes what is put, and finds it by what devices announce', async () => {
    const told: string[] = [];
    book.onChange((id) => told.push(id));
    const template = await book.put(ID, pump());
    expect(template).toMatchObject({ templateId: ID, displayName: 'Pump', modelId: MODEL_ID, isPublished: true });
    expect(template.summary.telemetry).toMatchObject([{ name: 'flow', schema: { kind: 'number' } }]);
    expect(book.findByModelId(MODEL_ID)?.templateId).toBe(ID);
    expect(told).toEqual([ID]);
  });

  it('writes what a model only names in place, and finds the template by that, too', async () => {
    const { capabilityModel, ...rest } = pump();
    await book.put(ID, { ...rest, capabilityModel: { ...(capabilityModel as object), extends: BASE['@id'] } });
    expect(book.get(ID).capabilityModel).toMatchObject({ extends: BASE });
    expect(book.get(ID).summary.properties.map(({ name }) => name)).toEqual(['serial']);
    expect(book.findByModelId('dtmi:test:Base;1')?.templateId).toBe(ID);
  });

  it('makes a template of a model that a folder has, unless somebody works on one', async () => {
    expect(await book.adopt('dtmi:test:Unknown;1')).toBeUndefined();
    await book.saveDraft(ID, { capabilityModel: BASE });
    expect(await book.adopt('dtmi:test:Base;1')).toBeUndefined();
    await book.remove(ID);
    const adopted = await book.adopt('dtmi:test:Base;1');
    expect(adopted).toMatchObject({ templateId: 'dtmi:test:Base;1', isPublished: true });
    expect(await book.adopt('dtmi:test:Base;1')).toBe(adopted);
  });

  it('keeps a draft out of the sight of devices until it is published', async () => {
    await book.saveDraft(ID, pump());
    expect(book.get(ID)).toMatchObject({ isPublished: false });
    expect(book.findByModelId(MODEL_ID)).toBeUndefined();
    await book.publish(ID);
    const changed = pump([{ '@type': 'Telemetry', name: 'pressure', schema: 'double' }]);
    const draft = await book.saveDraft(ID, changed);
    expect(draft.summary.telemetry[0]?.name).toBe('flow');
    expect(draft.draft).toEqual(changed);
    expect((await book.publish(ID)).summary.telemetry[0]?.name).toBe('pressure');
    expect(book.get(ID).draft).toBeNull();
  });

  it('writes nothing over what came meanwhile', async () => {
    await book.saveDraft(ID, pump());
    await expect(book.put(ID, pump(), null)).rejects.toMatchObject({ code: 'template.exists' });
    await expect(book.saveDraft(ID, pump(), null)).rejects.toMatchObject({ code: 'template.exists' });
    const changed = pump([{ '@type': 'Telemetry', name: 'pressure', schema: 'double' }]);
    const outcomes = await Promise.allSettled([book.publish(ID), book.saveDraft(ID, changed)]);
    expect(outcomes).toMatchObject([{ reason: { code: 'etag.mismatch' } }, { status: 'fulfilled' }]);
    expect(book.get(ID)).toMatchObject({ isPublished: false, draft: changed });
    const { etag } = await book.publish(ID);
    const draft = (await book.saveDraft(ID, pump(), etag)).etag;
    expect(await book.extend(ID, changed, draft)).toMatchObject({ document: changed, draft: pump() });
  });

  it('makes one template of a model that many devices announce at once, and none over a draft', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => book.adopt('dtmi:test:Base;1')));
    expect(new Set(made.map((template) => template?.etag)).size).toBe(1);
    await book.remove('dtmi:test:Base;1');
    const [adopted] = await Promise.all([
      book.adopt('dtmi:test:Base;1'),
      book.saveDraft('dtmi:test:Base;1', pump(), null),
    ]);
    expect(adopted).toBeUndefined();
    expect(book.get('dtmi:test:Base;1').draft).toEqual(pump());
  });

  it('says what a draft holds, and where it is wrong, while it is unfinished', async () => {
    const component = { '@type': 'Component', name: 'base', schema: 'dtmi:test:Base;1' };
    expect((await book.outline(pump([component]))).properties).toMatchObject([{ component: 'base', name: 'serial' }]);
    const unknown = pump([component, { ...component, name: 'other', schema: 'dtmi:test:None;1' }]);
    expect((await book.outline(unknown)).components).toHaveLength(2);
    expect(await book.faultsOf(unknown)).toMatchObject([{ path: ['capabilityModel', 'contents', 1, 'schema'] }]);
    expect(await book.faultsOf(pump([{ '@type': 'Telemetry' }]))).toMatchObject([
      { path: ['capabilityModel', 'contents', 0], property: null },
    ]);
    expect(await book.faultsOf({})).toMatchObject([{ path: ['capabilityModel'] }]);
    expect(await book.faultsOf(pump())).toEqual([]);
  });

  it('survives a restart', async () => {
    await book.put(ID, pump());
    await book.saveDraft('dtmi:test:Other;1', pump());
    const again = await open();
    expect(again.list()).toEqual(book.list());
  });

  it('lets the first of two writers who read the same version win', async () => {
    const { etag } = await book.put(ID, pump());
    const outcomes = await Promise.allSettled([book.put(ID, pump(), etag), book.put(ID, pump(), etag)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(book.put('dtmi:test:None;1', pump(), etag)).rejects.toMatchObject({ code: 'etag.mismatch' });
  });

  it('is not removed from under its devices', async () => {
    await book.put(ID, pump());
    let devices = [{ kind: 'device' as const, id: 'd1', displayName: 'd1', paths: [] }];
    book.registerUses(async () => devices);
    await expect(book.remove(ID)).rejects.toMatchObject({ code: 'template.inUse' });
    devices = [];
    await book.remove(ID);
    expect(book.find(ID)).toBeUndefined();
    expect((await open()).list()).toEqual([]);
  });

  it('names what it refuses', async () => {
    await expect(book.put('pump', pump())).rejects.toMatchObject({ code: 'template.invalid' });
    await expect(book.put(ID, {})).rejects.toThrow('capabilityModel is not an object');
    await expect(book.put(ID, pump([{ '@type': 'Telemetry' }]))).rejects.toThrow('contents[0] has no name');
    const missing = pump([{ '@type': 'Component', name: 'motor', schema: 'dtmi:test:Motor;1' }]);
    await expect(book.put(ID, missing)).rejects.toThrow('capabilityModel.contents[0].schema names dtmi:test:Motor;1');
    await expect(book.publish(ID)).rejects.toThrow('there is no template');
    const large = { ...pump(), description: 'x'.repeat(LIMITS.TEMPLATE_BYTES_MAX) };
    await expect(book.put(ID, large)).rejects.toThrow('at most');
    const telemetry = (_: unknown, index: number) => ({ '@type': 'Telemetry', name: `t${index}`, schema: 'double' });
    const many = Array.from({ length: LIMITS.TEMPLATE_CAPABILITIES_MAX + 1 }, telemetry);
    await expect(book.put(ID, pump(many))).rejects.toThrow('capabilities');
    expect(book.list()).toEqual([]);
  });

  it('refuses, or keeps, any JSON at all', async () => {
    const keys = fc.constantFrom('@id', '@type', 'contents', 'extends', 'schema', 'name', 'capabilityModel', 'fields');
    const values = fc.constantFrom(MODEL_ID, 'Interface', 'Component', 'Telemetry', 'Property', 'double', 'x', 1, null);
    const { node } = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        values,
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(keys, tie('node')),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(node, async (inner) => {
        const model = { '@id': MODEL_ID, '@type': 'Interface', ...(typeof inner === 'object' ? inner : {}) };
        await book.saveDraft(ID, { capabilityModel: model }).catch((thrown) => refusal(Promise.reject(thrown)));
        await book.put(ID, { capabilityModel: model }).catch((thrown) => refusal(Promise.reject(thrown)));
      }),
      { numRuns: 100 },
    );
  });
});
