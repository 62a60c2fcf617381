import { createConfiguration, scheduleJob } from '@viaduct/hub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsoleUnderTest, openConsole } from '../testing/console-under-test.ts';

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
    const uses = await central.templates.usesOf(modelId);
    const facts = uses
      .filter(({ kind }) => kind === 'job' || kind === 'configuration')
      .map(({ id, paths }) => [id, paths]);
    expect(facts.sort()).toEqual([
      ['boot', ['reboot']],
      ['cosy', ['thermostat2.targetTemperature']],
      ['warmer', ['thermostat1.targetTemperature']],
    ]);
  });
});
