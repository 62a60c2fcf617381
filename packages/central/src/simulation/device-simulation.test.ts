import type { ModelSummary } from '@viaduct/contracts';
import { createDevice, getTwin, invokeMethod, listCommands, patchTwin, sendCommand } from '@viaduct/hub';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CentralDevice } from '../directory/device-directory.ts';
import { readHistory } from '../telemetry/read-history.ts';
import type { Template } from '../template/template-book.ts';
import { type ConsoleUnderTest, openConsole } from '../testing/console-under-test.ts';
import { FakeSession } from '../testing/fake-session.ts';
import { DeviceSimulation } from './device-simulation.ts';
import { SimulationPlans } from './simulation-plans.ts';

const FAN: ModelSummary = {
  modelId: 'dtmi:test:Fan;1',
  displayName: 'Fan',
  description: null,
  telemetry: [],
  properties: [
    {
      ...{ name: 'speed', displayName: 'Speed', description: null, component: null, semanticType: null, unit: null },
      schema: { kind: 'integer' },
      writable: true,
    },
  ],
  commands: [],
};

const WAIT = { timeout: 10_000 };

/** Whom the simulation asks, without anything behind it. */
class FakeDirectory {
  readonly devices = new Map<string, CentralDevice>();
  #listener: (deviceIds: readonly string[]) => void = () => undefined;

  async find(deviceId: string) {
    return this.devices.get(deviceId);
  }

  async idsOf() {
    return { deviceIds: [...this.devices.keys()], isCut: false };
  }

  onChange(listener: (deviceIds: readonly string[]) => void) {
    this.#listener = listener;
    return () => undefined;
  }

  set(deviceId: string, change: Partial<CentralDevice> = {}) {
    const plain = { displayName: deviceId, templateId: null, modelId: null, simulated: true, enabled: true };
    const rest = { provisioned: true, approved: true, organizations: [], isEdge: false, etag: '1', createdTime: 0 };
    const known = this.devices.get(deviceId) ?? { deviceId, ...plain, ...rest, connected: false, lastSeenTime: 0 };
    this.devices.set(deviceId, { ...known, ...change });
    this.#listener([deviceId]);
  }
}

describe('DeviceSimulation', () => {
  let console: ConsoleUnderTest;
  let directory: FakeDirectory;
  let simulation: DeviceSimulation;

  const open = async () =>
    DeviceSimulation.open({
      hub: console.hub,
      devices: directory,
      templates: {
        find: (templateId) => (templateId === 'dtmi:test:fan;1' ? ({ summary: FAN } as Template) : undefined),
        onChange: () => () => undefined,
      },
      plans: await SimulationPlans.open(console.store),
      onFault: (fault) => expect.unreachable(String(fault)),
    });
  const simulate = async (deviceId: string, templateId: string | null = null) => {
    await createDevice(console.hub, { deviceId }, {});
    directory.set(deviceId, { templateId });
    await vi.waitFor(() => expect(simulation.find(deviceId)?.state).toBe('running'), WAIT);
  };
  const session = (deviceId: string) => console.hub.sessions.find({ deviceId });

  beforeEach(async () => {
    console = await openConsole();
    directory = new FakeDirectory();
    simulation = await open();
  });
  afterEach(async () => {
    await simulation.close();
    await console.close();
  });

  it('connects what the directory calls simulated, and sends what its model measures', async () => {
    await simulate('d1');
    await vi.waitFor(() => expect(simulation.find('d1')?.messages).toBe(1), WAIT);
    const [said] = await readHistory(console.hub, 'd1', { sinceSeconds: 60, limit: 10 });
    const measured = { temperature: expect.any(Number), humidity: expect.any(Number), battery: expect.any(Number) };
    expect(said?.body).toEqual({ kind: 'json', value: measured });
    expect(session('d1')?.transport).toBe('simulation');
    await vi.waitFor(async () => {
      const { reported } = await getTwin(console.hub, { deviceId: 'd1' });
      expect(reported.values).toEqual({ firmwareVersion: expect.any(String) });
    }, WAIT);
  });

  it('accepts desired properties, answers methods and takes commands', async () => {
    await simulate('d1', 'dtmi:test:fan;1');
    await patchTwin(console.hub, { deviceId: 'd1' }, { desired: { speed: 3 } });
    await vi.waitFor(async () => {
      const { desired, reported } = await getTwin(console.hub, { deviceId: 'd1' });
      expect(reported.values).toEqual({ speed: { value: 3, ac: 200, av: desired.version, ad: 'accepted' } });
    }, WAIT);
    const answer = await invokeMethod(
      console.hub,
      { deviceId: 'd1' },
      { methodName: 'x' },
      new AbortController().signal,
    );
    expect(answer.status).toBe(404);
    await sendCommand(
      console.hub,
      { deviceId: 'd1' },
      { body: Buffer.from('hi'), system: {}, application: {}, ack: 'none' },
    );
    await vi.waitFor(async () => expect(await listCommands(console.hub, { deviceId: 'd1' })).toEqual([]), WAIT);
  });

  it('stops and starts by plan, and remembers it after a restart', async () => {
    await simulate('d1');
    expect(await simulation.plan('d1', { isRunning: false, intervalSeconds: 60 })).toMatchObject({ state: 'stopped' });
    expect(session('d1')).toBeUndefined();
    await simulation.close();
    simulation = await open();
    await vi.waitFor(
      () => expect(simulation.find('d1')).toMatchObject({ state: 'stopped', intervalSeconds: 60 }),
      WAIT,
    );
    expect(await simulation.plan('d1', { isRunning: true })).toMatchObject({ state: 'running' });
    expect(session('d1')).toBeDefined();
  });

  it('leaves when a device is blocked, and when it is simulated no more', async () => {
    await simulate('d1');
    directory.set('d1', { enabled: false });
    await vi.waitFor(() => expect(simulation.find('d1')?.state).toBe('waiting'), WAIT);
    expect(session('d1')).toBeUndefined();
    directory.set('d1', { enabled: true });
    await vi.waitFor(() => expect(session('d1')).toBeDefined(), WAIT);
    directory.set('d1', { simulated: false });
    await vi.waitFor(() => expect(simulation.find('d1')).toBeUndefined(), WAIT);
    expect(session('d1')).toBeUndefined();
  });

  it('gives way to a real device, and does not take its place back', async () => {
    await simulate('d1');
    const real = new FakeSession('d1', console.clock.now());
    console.hub.sessions.enter(real);
    expect(simulation.find('d1')?.state).toBe('replaced');
    directory.set('d1');
    await simulation.plan('d1', { isRunning: true });
    expect(session('d1')).toBe(real);
    console.hub.sessions.leave(real, null, console.clock.now());
    expect(await simulation.plan('d1', { isRunning: true })).toMatchObject({ state: 'running' });
  });

  it('becomes a device of another model when its template changes', async () => {
    await simulate('d1');
    directory.set('d1', { templateId: 'dtmi:test:fan;1' });
    await vi.waitFor(async () => {
      const { reported } = await getTwin(console.hub, { deviceId: 'd1' });
      expect(reported.values).toHaveProperty('speed');
    }, WAIT);
    expect((await console.hub.registry.find({ deviceId: 'd1' }))?.modelId).toBe(FAN.modelId);
  });
});
