import { issueCertificate } from '@viaduct/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { authenticateDevice } from '../access/authenticate-device.ts';
import { addCertificate } from '../certificate/add-certificate.ts';
import { removeCertificate } from '../certificate/remove-certificate.ts';
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
  const entry = await getDevice(hub, identity);
  await change();
  const session = new RecordingSession(identity, hub.clock.now());
  await enterSession(hub, session, { entry });
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

  it('is ended when the authority that vouched for it was removed meanwhile, and not when another was', async () => {
    const valid = { validFrom: hub.clock.now() - 1_000, validTo: hub.clock.now() + 60_000 };
    const root = await issueCertificate({ commonName: 'Root', ca: true, ...valid });
    const other = await issueCertificate({ commonName: 'Other', ca: true, ...valid });
    const { certificate: leaf } = await issueCertificate({ commonName: 'signed', issuer: root, ...valid });
    await createDevice(hub, { deviceId: 'signed' }, { authentication: { type: 'certificateAuthority' } });
    for (const [name, { pem }] of Object.entries({ root, other }))
      await addCertificate(hub, { name, certificate: pem, isVerified: true });
    const claim = { identity: { deviceId: 'signed' }, token: undefined };
    const certificate = { leaf, intermediates: [], isResumed: false };
    const admitted = await authenticateDevice(hub, { ...claim, certificate });
    for (const [removed, code] of [
      ['other', undefined],
      ['root', 'credential.replaced'],
    ] as const) {
      await removeCertificate(hub, removed);
      const session = new RecordingSession(claim.identity, hub.clock.now());
      await enterSession(hub, session, admitted);
      expect(session.closedWith?.code).toBe(code);
    }
  });

  it('stays when something else was changed', async () => {
    expect(await fateOf(d1, () => updateDevice(hub, d1, { statusReason: 'a word' }))).toBeUndefined();
    expect(hub.sessions.find(d1)).toBeDefined();
  });
});
