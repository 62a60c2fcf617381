import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@viaduct/contracts';
import { rememberModel } from '@viaduct/hub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dtmiPath } from '../model/model-repository.ts';
import { type ConsoleUnderTest, openConsole } from '../testing/console-under-test.ts';

const MODELS = new URL('../../models/', import.meta.url).pathname;
let served: ConsoleUnderTest;
beforeAll(async () => {
  served = await openConsole();
});
afterAll(() => served.close());

describe('the models that ship', () => {
  it('are the templates of devices that announce them, with nobody doing anything', async () => {
    const { central, hub } = served;
    const modelId = 'dtmi:com:example:TemperatureController;2';
    await central.devices.create('d1', {});
    await rememberModel(hub, { deviceId: 'd1' }, modelId);
    await central.devices.caughtUp();
    await expect.poll(async () => (await central.devices.get('d1')).templateId).toBe(modelId);
    expect(central.templates.get(modelId).summary.components).toMatchObject([
      { name: 'thermostat1' },
      { name: 'thermostat2', modelId: 'dtmi:com:example:Thermostat;1' },
      { name: 'deviceInformation' },
    ]);
    await expect(central.templates.remove(modelId)).rejects.toMatchObject({ code: 'template.inUse' });
  });

  it('lie where they are looked for, and each becomes a template', async () => {
    const files = (await readdir(MODELS, { recursive: true })).filter((file) => file.endsWith('.json'));
    expect(files.length).toBeGreaterThan(8);
    for (const file of files) {
      const model = JSON.parse(await readFile(join(MODELS, file), 'utf8')) as JsonObject;
      const modelId = model['@id'] as string;
      expect(`${dtmiPath(modelId)}.json`).toBe(file);
      expect(await served.central.templates.put(modelId, { capabilityModel: model }), file).toMatchObject({
        modelId,
        isPublished: true,
      });
    }
  });
});
