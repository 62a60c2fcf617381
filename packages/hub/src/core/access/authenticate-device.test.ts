import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { createDevice } from '../registry/create-device.ts';
import { updateDevice } from '../registry/update-device.ts';
import { authenticateDevice } from './authenticate-device.ts';
import { signSas } from './sas-signature.ts';

const d1 = { deviceId: 'd1' };
const m = { deviceId: 'd1', moduleId: 'm' };
const KEY = Buffer.alloc(32, 7).toString('base64');
const authentication = { type: 'sas', symmetricKey: { primaryKey: KEY, secondaryKey: KEY } } as const;
let hub: TemporaryHub;

beforeEach(async () => {
  hub = await temporaryHub();
  await createDevice(hub, d1, { authentication });
  await createDevice(hub, m, { authentication });
});
afterEach(() => hub.close());

const tokenOf = (path: string) => signSas(`${hub.hostNames[0]}/${path}`, KEY, hub.clock.now() / 1_000 + 60);
const moduleComes = () =>
  authenticateDevice(hub, { identity: m, token: tokenOf('devices/d1/modules/m'), certificate: undefined });

describe('a module', () => {
  it('stays out while its device is disabled, and is told why; it comes back when the device does', async () => {
    await expect(moduleComes()).resolves.toMatchObject({ entry: m });
    await updateDevice(hub, d1, { status: 'disabled', statusReason: 'stolen' });
    await expect(moduleComes()).rejects.toMatchObject({ code: 'device.disabled', message: '"d1" is disabled: stolen' });
    await updateDevice(hub, d1, { status: 'enabled' });
    await expect(moduleComes()).resolves.toMatchObject({ entry: m });
  });

  it('learns nothing about its device with a key that is not its own', async () => {
    await updateDevice(hub, d1, { status: 'disabled' });
    const token = signSas(`${hub.hostNames[0]}/devices/d1/modules/m`, 'b3RoZXI=', hub.clock.now() / 1_000 + 60);
    await expect(authenticateDevice(hub, { identity: m, token, certificate: undefined })).rejects.toMatchObject({
      code: 'credential.signatureMismatch',
    });
  });
});
