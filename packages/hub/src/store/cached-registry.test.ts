import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDevice } from '../core/registry/create-device.ts';
import { deleteDevice } from '../core/registry/delete-device.ts';
import { updateDevice } from '../core/registry/update-device.ts';
import { type TemporaryHub, temporaryHub } from '../temporary-hub.ts';
import { CachedRegistry } from './cached-registry.ts';

const identity = { deviceId: 'd1' };
let hub: TemporaryHub;
beforeEach(async () => {
  hub = await temporaryHub();
});
afterEach(() => hub.close());

describe('CachedRegistry', () => {
  it('gives the same object while nothing changed, and the new state at once when something did', async () => {
    await createDevice(hub, identity);
    const first = await hub.registry.find(identity);
    expect(await hub.registry.find(identity)).toBe(first);
    await updateDevice(hub, identity, { status: 'disabled' });
    expect((await hub.registry.find(identity))?.status).toBe('disabled');
    await deleteDevice(hub, identity);
    expect(await hub.registry.find(identity)).toBeUndefined();
  });

  it('forgets modules with their device', async () => {
    const module = { ...identity, moduleId: 'm1' };
    await createDevice(hub, identity);
    await createDevice(hub, module);
    expect(await hub.registry.find(module)).toBeDefined();
    await deleteDevice(hub, identity);
    expect(await hub.registry.find(module)).toBeUndefined();
  });

  it('does not remember what was read while somebody wrote', async () => {
    const created = await createDevice(hub, identity);
    const stale = { ...created, etag: 'stale' };
    const answers: (() => void)[] = [];
    const slow = new CachedRegistry({
      ...inert,
      find: () => new Promise((resolve) => answers.push(() => resolve(stale))),
    });
    const reading = slow.find(identity);
    await slow.saveModel(identity, 'dtmi:a:b;1');
    answers[0]?.();
    expect(await reading).toBe(stale);
    const again = slow.find(identity);
    expect(answers).toHaveLength(2);
    answers[1]?.();
    await again;
    await slow.find(identity);
    expect(answers).toHaveLength(2);
  });
});

/** A registry in which nothing happens; the test replaces what it watches. */
const inert = {
  find: async () => undefined,
  insert: async () => false,
  replace: async () => false,
  onWrite: () => () => undefined,
  saveModel: async () => {},
  remove: async () => false,
  list: async () => [],
  listWithTwins: async () => [],
  count: async () => 0,
  findPresence: async () => ({ connected: false, connectionStateUpdatedTime: 0, lastActivityTime: 0 }),
  savePresence: async () => {},
  saveActivity: async () => {},
  listConnected: async () => [],
  disconnectAll: async () => {},
};
