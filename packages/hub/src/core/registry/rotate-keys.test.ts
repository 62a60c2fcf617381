import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { createDevice } from './create-device.ts';
import { getDevice } from './get-device.ts';
import { rotateKeys } from './rotate-keys.ts';

const d1 = { deviceId: 'd1' };
let hub: TemporaryHub;

beforeEach(async () => {
  hub = await temporaryHub();
});
afterEach(() => hub.close());

describe('rotateKeys', () => {
  it('makes the one key anew and leaves the other alone', async () => {
    const { primaryKey, secondaryKey } = (await createDevice(hub, d1)).authentication.symmetricKey;
    const once = (await rotateKeys(hub, d1, 'primary')).authentication.symmetricKey;
    expect(once.secondaryKey).toBe(secondaryKey);
    expect(once.primaryKey).not.toBe(primaryKey);
    expect(Buffer.from(once.primaryKey ?? '', 'base64')).toHaveLength(32);
    const twice = (await rotateKeys(hub, d1, 'secondary')).authentication.symmetricKey;
    expect(twice.primaryKey).toBe(once.primaryKey);
    expect(twice.secondaryKey).not.toBe(secondaryKey);
    expect((await getDevice(hub, d1)).authentication.symmetricKey).toEqual(twice);
  });

  it('exchanges the two', async () => {
    const { primaryKey, secondaryKey } = (await createDevice(hub, d1)).authentication.symmetricKey;
    const { symmetricKey } = (await rotateKeys(hub, d1, 'swap')).authentication;
    expect(symmetricKey).toEqual({ primaryKey: secondaryKey, secondaryKey: primaryKey });
  });

  it('throws out who is connected, and says why', async () => {
    await createDevice(hub, d1);
    const session = new RecordingSession(d1, hub.clock.now());
    hub.sessions.enter(session);
    await rotateKeys(hub, d1, 'secondary');
    expect(session.closedWith?.code).toBe('credential.replaced');
  });

  it('loses no rotation when several come at once', async () => {
    const before = (await createDevice(hub, d1)).authentication.symmetricKey;
    await Promise.all([rotateKeys(hub, d1, 'primary'), rotateKeys(hub, d1, 'secondary')]);
    const after = (await getDevice(hub, d1)).authentication.symmetricKey;
    expect(after.primaryKey).not.toBe(before.primaryKey);
    expect(after.secondaryKey).not.toBe(before.secondaryKey);
  });

  it('refuses an identity that has no keys', async () => {
    await createDevice(hub, d1, { authentication: { type: 'certificateAuthority' } });
    await expect(rotateKeys(hub, d1, 'primary')).rejects.toMatchObject({ code: 'argument.invalid' });
    await expect(rotateKeys(hub, { deviceId: 'nobody' }, 'swap')).rejects.toMatchObject({ code: 'device.notFound' });
  });
});
