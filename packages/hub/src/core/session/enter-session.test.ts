import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { createDevice } from '../registry/create-device.ts';
import { deleteDevice } from '../registry/delete-device.ts';
import { getDevice } from '../registry/get-device.ts';
import { rotateKeys } from '../registry/rotate-keys.ts';
import { updateDevice } from '../registry/update-device.ts';
import { enterSession } from './enter-session.ts';

const d1 = { deviceId: 'd1' };
const m = { deviceId: 'd1', moduleId: 'm' };
let hub: TemporaryHub;

beforeEach(async () => {
  hub = await temporaryHub();
  await createDevice(hub, d1);
  await createDevice(hub, m);
});
afterEach(() => hub.close());

/** How a session fares that was let in before `change` and enters after it. */
async function fateOf(identity: typeof d1, change: () => Promise<unknown>): Promise<string | undefined> {
  const admitted = await getDevice(hub, identity);
  await change();
  const session = new RecordingSession(identity, hub.clock.now());
  await enterSession(hub, session, admitted);
  return session.closedWith?.code;
}

describe('a session that enters after the registry has changed', () => {
  it('is ended when its identity was disabled, deleted, made anew or given another key meanwhile', async () => {
    expect(await fateOf(d1, () => updateDevice(hub, d1, { status: 'disabled' }))).toBe('device.disabled');
    await updateDevice(hub, d1, { status: 'enabled' });
    expect(await fateOf(d1, () => rotateKeys(hub, d1, 'primary'))).toBe('credential.replaced');
    expect(await fateOf(d1, () => deleteDevice(hub, d1))).toBe('device.notFound');
    await createDevice(hub, d1);
    const anew = () => deleteDevice(hub, d1).then(() => createDevice(hub, d1));
    expect(await fateOf(d1, anew)).toBe('device.notFound');
  });

  it('is ended when it is a module and its device was disabled meanwhile', async () => {
    expect(await fateOf(m, () => updateDevice(hub, d1, { status: 'disabled' }))).toBe('device.disabled');
  });

  it('stays when something else was changed', async () => {
    expect(await fateOf(d1, () => updateDevice(hub, d1, { statusReason: 'a word' }))).toBeUndefined();
    expect(hub.sessions.find(d1)).toBeDefined();
  });
});
