import { type CreatedSimulatedDevices, LIMITS, type SimulationSummary } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';

describe('simulated devices', () => {
  let console: ConsoleUnderTest;
  let browser: Browser;

  beforeEach(async () => {
    console = await openConsole();
    browser = await signedInBrowser(console);
  });
  afterEach(() => console.close());

  const make = async (body: object) => browser.request('POST', '/simulation/devices', body);
  const row = async (deviceId: string) =>
    (await browser.request('GET', `/simulation/devices/${deviceId}`)).json<{ state: string }>();

  it('are made with names that count on, and begin by themselves', async () => {
    const made = await make({ templateId: null, count: 2, intervalSeconds: 60 });
    expect([made.statusCode, made.json()]).toEqual([201, { deviceIds: ['sensor-sim-1', 'sensor-sim-2'] }]);
    const { deviceIds } = (await make({ templateId: null, count: 1 })).json<CreatedSimulatedDevices>();
    expect(deviceIds).toEqual(['sensor-sim-3']);
    await vi.waitFor(
      async () => {
        const summary = (await browser.request('GET', '/simulation')).json<SimulationSummary>();
        expect(summary).toEqual({ devices: 3, running: 3, devicesMax: LIMITS.SIMULATED_DEVICES_MAX });
      },
      { timeout: 10_000 },
    );
    expect(await row('sensor-sim-1')).toMatchObject({ state: 'running', intervalSeconds: 60 });
    expect(await console.central.devices.get('sensor-sim-1')).toMatchObject({
      displayName: 'Sensor 1',
      simulated: true,
      templateId: null,
    });
  });

  it('are stopped and started, one or all', async () => {
    await make({ templateId: null, count: 2 });
    await vi.waitFor(async () => expect((await row('sensor-sim-2')).state).toBe('running'), { timeout: 10_000 });
    const one = await browser.request('PATCH', '/simulation/devices/sensor-sim-1', { isRunning: false });
    expect(one.json()).toMatchObject({ state: 'stopped', isRunning: false });
    expect(console.hub.sessions.find({ deviceId: 'sensor-sim-1' })).toBeUndefined();
    const all = await browser.request('PATCH', '/simulation', { isRunning: true });
    expect(all.json()).toMatchObject({ running: 2 });
  });

  it('are refused of a template that is not there, past the bound, and at no pace', async () => {
    expect((await make({ templateId: 'dtmi:not:there;1', count: 1 })).statusCode).toBe(404);
    const refused = [
      await make({ templateId: null, count: LIMITS.SIMULATED_DEVICES_MAX + 1 }),
      await make({ templateId: null, count: 1, intervalSeconds: 0 }),
      await browser.request('GET', '/simulation/devices/nobody'),
    ];
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([400, 400, 400]);
  });
});
