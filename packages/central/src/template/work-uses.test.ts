import { createConfiguration, scheduleJob } from '@viaduct/hub';
import { putEnrollment } from '@viaduct/provisioning';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';
import { patchViewEdits } from '../view/view-edits.ts';

let served: ConsoleUnderTest;
beforeAll(async () => {
  served = await openConsole();
});
afterAll(() => served.close());

describe('uses of a template', () => {
  it('are jobs that are not over, and configurations, that name something of it', async () => {
    const { central, hub } = served;
    const modelId = 'dtmi:com:example:TemperatureController;1';
    await central.templates.adopt(modelId);
    const startTime = hub.clock.now() + 3_600_000;
    const common = { condition: '*', startTime, maxExecutionSeconds: 60 };
    await scheduleJob(hub, {
      ...common,
      jobId: 'warmer',
      update: { desired: { thermostat1: { __t: 'c', targetTemperature: 22 }, other: 1 } },
    });
    await scheduleJob(hub, {
      ...common,
      jobId: 'boot',
      method: { methodName: 'reboot' },
    });
    await scheduleJob(hub, { ...common, jobId: 'none', method: { methodName: 'dance' } });
    const deviceContent = { 'properties.desired.thermostat2.targetTemperature': 20 };
    await createConfiguration(hub, 'cosy', { content: { deviceContent }, targetCondition: '*' });
    await putEnrollment(served.provisioning, 'group', 'hall', {
      enrollmentGroupId: 'hall',
      attestation: { type: 'symmetricKey', symmetricKey: {} },
      initialTwin: { properties: { desired: { thermostat1: { __t: 'c', targetTemperature: 19 } } } },
    });
    const uses = await central.templates.usesOf(modelId);
    const facts = uses
      .filter(({ kind }) => kind === 'job' || kind === 'configuration' || kind === 'enrollment')
      .map(({ id, paths }) => [id, paths]);
    expect(facts.sort()).toEqual([
      ['boot', ['reboot']],
      ['cosy', ['thermostat2.targetTemperature']],
      ['group hall', ['thermostat1.targetTemperature']],
      ['warmer', ['thermostat1.targetTemperature']],
    ]);
  });

  it('are simulated devices, pages that were changed, and saved queries', async () => {
    const { store, devices, templates } = served.central;
    const browser = await signedInBrowser(served);
    const modelId = 'dtmi:com:example:Thermostat;1';
    await templates.adopt(modelId);
    await devices.create('made', { templateId: modelId, simulated: true });
    await devices.create('real', { templateId: modelId });
    await devices.create('other', {});
    const fields = { '/temperature': { isHidden: true }, '/unknown': { title: 'x' } };
    for (const owner of [
      { scope: 'template', id: modelId },
      { scope: 'device', id: 'real' },
      { scope: 'device', id: 'other' },
    ] as const) {
      await patchViewEdits(store, owner, { fields });
    }
    const queries = {
      warm: `SELECT $id, temperature FROM ${modelId}`,
      set: 'SELECT * FROM devices WHERE properties.desired.targetTemperature > 20',
      kind: `SELECT * FROM devices WHERE modelId = '${modelId}'`,
      none: 'SELECT * FROM devices WHERE properties.reported.pressure > 1',
    };
    for (const [name, query] of Object.entries(queries)) {
      await browser.request('POST', '/saved-queries', { name, query, isShared: name !== 'set' });
    }
    const uses = (await templates.usesOf(modelId)).filter(({ kind }) => kind !== 'deviceGroup');
    expect(uses.map(({ kind, displayName, paths }) => [kind, displayName, paths.join()]).sort()).toEqual([
      ['device', '2 devices', ''],
      ['page', 'the page of every Thermostat', 'temperature'],
      ['page', 'the page of real', 'temperature'],
      ['savedQuery', 'a personal query of ada', 'targetTemperature'],
      ['savedQuery', 'kind', ''],
      ['savedQuery', 'warm', 'temperature'],
      ['simulatedDevice', '1 device', ''],
    ]);
  });
});
