import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dtmiPath, ModelRepository } from './model-repository.ts';

const ID = 'dtmi:com:example:Thermostat;1';
let directory: string;
let now = 0;
let models: ModelRepository;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-models-'));
  models = new ModelRepository([join(directory, 'mine'), join(directory, 'shipped')], { now: () => now });
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function put(path: string, document: unknown): Promise<void> {
  const file = join(directory, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof document === 'string' ? document : JSON.stringify(document));
}

function named(displayName: string, id = ID): object {
  return { '@id': id, '@type': 'Interface', displayName, contents: [] };
}

describe('ModelRepository', () => {
  it('turns an identifier into the path of the convention', () => {
    expect(dtmiPath(ID)).toBe('dtmi/com/example/thermostat-1');
    expect(dtmiPath('dtmi:viaduct:Machine')).toBe('dtmi/viaduct/machine');
  });

  it('looks into its folders in order', async () => {
    await put('shipped/dtmi/com/example/thermostat-1.json', named('shipped'));
    expect((await models.findSummary(ID))?.displayName).toBe('shipped');
    await put('mine/dtmi/com/example/thermostat-1.json', named('mine'));
    now += 10_000;
    expect((await models.findSummary(ID))?.displayName).toBe('mine');
  });

  it('does not look again at once', async () => {
    expect(await models.findSummary(ID)).toBeNull();
    await put('mine/dtmi/com/example/thermostat-1.json', named('too late'));
    expect(await models.findSummary(ID)).toBeNull();
  });

  it('does not take the document of another identifier that shares the path', async () => {
    await put('mine/dtmi/com/example/thermostat-1.json', named('other', 'dtmi:com:example:thermostat;1'));
    expect(await models.findSummary(ID)).toBeNull();
  });

  it('never leaves its folders', async () => {
    await put('secret.json', { '@id': 'dtmi:../../secret' });
    for (const id of ['dtmi:../../secret', '../secret', 'dtmi:a/../../secret;1', '/etc/passwd', 'dtmi:a\0;1']) {
      await expect(models.getDocument(id)).rejects.toMatchObject({ code: 'model.notFound' });
    }
  });

  it('says what is wrong with a document, and shows devices without it', async () => {
    await put('mine/dtmi/com/example/thermostat-1.json', '{ not JSON');
    await expect(models.getDocument(ID)).rejects.toMatchObject({ code: 'model.invalid' });
    expect(await models.findSummary(ID)).toBeNull();
  });
});
