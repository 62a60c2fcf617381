import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingSession, type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { getTwin } from '../twin/get-twin.ts';
import { createDevice } from './create-device.ts';
import { deleteDevice } from './delete-device.ts';
import type { DeviceInput } from './device-input.ts';
import { getDevice, getDeviceWithPresence } from './get-device.ts';
import { countDevices, listDevices } from './list-devices.ts';
import { rememberModel } from './remember-model.ts';
import { updateDevice } from './update-device.ts';

const d1 = { deviceId: 'd1' };
const KEY = Buffer.alloc(32, 7).toString('base64');
const THUMBPRINT = 'ab'.repeat(20);
let hub: TemporaryHub;

beforeEach(async () => {
  hub = await temporaryHub();
});
afterEach(() => hub.close());

describe('createDevice', () => {
  it('generates two keys of 32 bytes and an empty twin', async () => {
    const device = await createDevice(hub, d1);
    const { primaryKey, secondaryKey } = device.authentication.symmetricKey;
    expect(Buffer.from(primaryKey ?? '', 'base64')).toHaveLength(32);
    expect(secondaryKey).not.toBe(primaryKey);
    expect(await getDevice(hub, d1)).toEqual(device);
    const twin = await getTwin(hub, d1);
    expect([twin.version, twin.desired.version, twin.reported.version]).toEqual([2, 1, 1]);
    expect(twin.etag).toBe('AAAAAAAAAAE=');
  });

  it('begins with the twin it is given, in versions as if it had always been so', async () => {
    await createDevice(hub, d1, {}, { tags: { floor: 4 }, desired: { interval: 5 } });
    const twin = await getTwin(hub, d1);
    expect([twin.tags, twin.desired.values]).toEqual([{ floor: 4 }, { interval: 5 }]);
    expect([twin.version, twin.etag, twin.desired.version, twin.reported.version]).toEqual([2, 'AAAAAAAAAAE=', 1, 1]);
    expect(twin.desired.metadata).toMatchObject({ interval: { $lastUpdatedVersion: 1 } });
    const tooLarge = { tags: { text: 'x'.repeat(4_000), more: 'x'.repeat(4_000), most: 'x'.repeat(4_000) } };
    await expect(createDevice(hub, { deviceId: 'd2' }, {}, tooLarge)).rejects.toMatchObject({ code: 'twin.tooLarge' });
    await expect(getDevice(hub, { deviceId: 'd2' })).rejects.toMatchObject({ code: 'device.notFound' });
  });

  it('keeps the keys and thumbprints it is given', async () => {
    const device = await createDevice(hub, d1, { authentication: { symmetricKey: { primaryKey: KEY } } });
    expect(device.authentication.symmetricKey.primaryKey).toBe(KEY);
    const withCertificate = await createDevice(
      hub,
      { deviceId: 'd2' },
      { authentication: { x509Thumbprint: { primaryThumbprint: THUMBPRINT } } },
    );
    expect(withCertificate.authentication).toEqual({
      type: 'selfSigned',
      symmetricKey: { primaryKey: null, secondaryKey: null },
      x509Thumbprint: { primaryThumbprint: THUMBPRINT.toUpperCase(), secondaryThumbprint: null },
    });
  });

  it.each<[string, DeviceInput]>([
    ['a key that is too short', { authentication: { symmetricKey: { primaryKey: 'AAAA' } } }],
    ['a key that is not base64', { authentication: { symmetricKey: { primaryKey: `${KEY}!` } } }],
    ['a thumbprint of the wrong length', { authentication: { x509Thumbprint: { primaryThumbprint: 'abcd' } } }],
    ['selfSigned without a thumbprint', { authentication: { type: 'selfSigned' } }],
    ['a long status reason', { statusReason: 'x'.repeat(129) }],
  ])('refuses %s', async (_what, input) => {
    await expect(createDevice(hub, d1, input)).rejects.toMatchObject({ code: 'argument.invalid' });
    await expect(getDevice(hub, d1)).rejects.toMatchObject({ code: 'device.notFound' });
  });

  it('refuses a second device of one id and ids that are none', async () => {
    await createDevice(hub, d1);
    await expect(createDevice(hub, d1)).rejects.toMatchObject({ code: 'device.exists' });
    await expect(createDevice(hub, { deviceId: 'a/b' })).rejects.toMatchObject({ code: 'device.idInvalid' });
  });

  it('tells readers of the log, with the twin', async () => {
    const device = await createDevice(hub, d1);
    const [event] = await hub.happenings();
    expect(event).toMatchObject({ source: 3, deviceId: 'd1', generationId: device.generationId });
    expect(event?.properties.application).toMatchObject({
      hubName: 'myhub',
      deviceId: 'd1',
      opType: 'createDeviceIdentity',
      'iothub-message-schema': 'deviceLifecycleNotification',
      operationTimestamp: '2030-01-01T00:00:00.0000000Z',
    });
    expect(event?.json).toMatchObject({ deviceId: 'd1', version: 2, properties: { desired: { $version: 1 } } });
  });

  it('makes modules of existing devices only, at most 50, and the two of an Edge device', async () => {
    await expect(createDevice(hub, { ...d1, moduleId: 'm' })).rejects.toMatchObject({ code: 'device.notFound' });
    const edge = await createDevice(hub, d1, { capabilities: { iotEdge: true } });
    expect(edge.deviceScope).toBe(`ms-azure-iot-edge://d1-${edge.generationId}`);
    expect((await hub.registry.list({ modulesOf: 'd1', limit: 9 })).map((each) => each.moduleId)).toEqual([
      '$edgeAgent',
      '$edgeHub',
    ]);
    for (let i = 2; i < 50; i++) await createDevice(hub, { ...d1, moduleId: `m${i}` });
    await expect(createDevice(hub, { ...d1, moduleId: 'm50' })).rejects.toMatchObject({ code: 'device.tooMany' });
    expect(await countDevices(hub)).toBe(1);
  });
});

describe('updateDevice', () => {
  it('changes what is mentioned and nothing else', async () => {
    const before = await createDevice(hub, d1, { statusReason: 'new' });
    hub.clock.advance(5);
    const after = await updateDevice(hub, d1, { status: 'disabled' }, before.etag);
    expect(after).toEqual({
      ...before,
      status: 'disabled',
      statusUpdatedTime: hub.clock.now(),
      etag: after.etag,
    });
    expect(after.etag).not.toBe(before.etag);
    expect(await getDevice(hub, d1)).toEqual(after);
  });

  it('refuses a stale etag, and lets only one of two writers with the same etag through', async () => {
    const { etag } = await createDevice(hub, d1);
    await expect(updateDevice(hub, d1, {}, 'stale')).rejects.toMatchObject({ code: 'etag.mismatch' });
    const outcomes = await Promise.allSettled([
      updateDevice(hub, d1, { statusReason: 'a' }, etag),
      updateDevice(hub, d1, { statusReason: 'b' }, etag),
    ]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('disconnects a device that is disabled, modules included, or whose key changes', async () => {
    await createDevice(hub, d1);
    const device = connected('d1');
    const module = connected('d1', 'm');
    await updateDevice(hub, d1, { status: 'disabled' });
    expect([device.closedWith?.code, module.closedWith?.code]).toEqual(['device.disabled', 'device.disabled']);

    await createDevice(hub, { deviceId: 'd2' });
    const other = connected('d2');
    await updateDevice(hub, { deviceId: 'd2' }, { statusReason: 'just a word' });
    expect(other.closedWith).toBeNull();
    await updateDevice(hub, { deviceId: 'd2' }, { authentication: { symmetricKey: { primaryKey: KEY } } });
    expect(other.closedWith?.code).toBe('credential.replaced');
  });
});

describe('deleteDevice', () => {
  it('removes the device, closes its connection and tells readers of the log', async () => {
    const { etag } = await createDevice(hub, d1);
    const session = connected('d1');
    await expect(deleteDevice(hub, d1, 'stale')).rejects.toMatchObject({ code: 'etag.mismatch' });
    await deleteDevice(hub, d1, etag);
    expect(session.closedWith?.code).toBe('device.notFound');
    await expect(getDevice(hub, d1)).rejects.toMatchObject({ code: 'device.notFound' });
    await expect(deleteDevice(hub, d1)).rejects.toMatchObject({ code: 'device.notFound' });
    expect((await hub.happenings()).map((each) => each.properties.application.opType)).toEqual([
      'createDeviceIdentity',
      'deleteDeviceIdentity',
    ]);
  });

  it('tells of each module that goes with its device, before the device', async () => {
    await createDevice(hub, d1);
    for (const moduleId of ['m1', 'm2']) await createDevice(hub, { ...d1, moduleId });
    await deleteDevice(hub, d1);
    const told = (await hub.happenings()).map(
      ({ moduleId, properties }) => `${properties.application.opType} ${moduleId}`,
    );
    expect(told).toEqual([
      'createDeviceIdentity undefined',
      'createDeviceIdentity m1',
      'createDeviceIdentity m2',
      'deleteDeviceIdentity m1',
      'deleteDeviceIdentity m2',
      'deleteDeviceIdentity undefined',
    ]);
  });

  it('gives a device that is made again another generation and an empty past', async () => {
    const first = await createDevice(hub, d1);
    await hub.registry.savePresence([{ ...d1, connected: false, connectionStateUpdatedTime: 3, lastActivityTime: 4 }]);
    await deleteDevice(hub, d1, '*');
    const second = await createDevice(hub, d1);
    expect(second.generationId).not.toBe(first.generationId);
    expect((await getDeviceWithPresence(hub, d1)).lastActivityTime).toBe(0);
  });
});

describe('rememberModel', () => {
  it('keeps the model over restarts and leaves the etag alone', async () => {
    const { etag } = await createDevice(hub, d1);
    await rememberModel(hub, d1, 'dtmi:com:example:Thermostat;1');
    hub = await hub.reopened();
    expect(await getDevice(hub, d1)).toMatchObject({ etag, modelId: 'dtmi:com:example:Thermostat;1' });
    await expect(rememberModel(hub, d1, 'Thermostat')).rejects.toMatchObject({ code: 'argument.invalid' });
  });

  it('survives an update that was read before it', async () => {
    const { etag } = await createDevice(hub, d1);
    await Promise.all([rememberModel(hub, d1, 'dtmi:a:b;1'), updateDevice(hub, d1, { statusReason: 'x' }, etag)]);
    expect(await getDevice(hub, d1)).toMatchObject({ statusReason: 'x', modelId: 'dtmi:a:b;1' });
  });
});

describe('listDevices', () => {
  it('shows a live connection as connected although it was not written yet', async () => {
    await createDevice(hub, d1);
    connected('d1');
    const [device] = await listDevices(hub, { limit: 10 });
    expect(device).toMatchObject({ connected: true, lastActivityTime: hub.clock.now() });
  });
});

function connected(deviceId: string, moduleId?: string): RecordingSession {
  const identity = moduleId === undefined ? { deviceId } : { deviceId, moduleId };
  const session = new RecordingSession(identity, hub.clock.now());
  hub.sessions.enter(session);
  return session;
}
