import { HubError } from '@viaduct/contracts';
import { createDevice, deleteDevice, getTwin, patchTwin } from '@viaduct/hub';
import { issueCertificate } from '@viaduct/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingSession } from '../../../../hub/src/temporary-hub.ts';
import {
  changeEnrollment,
  enroll,
  GROUP_KEY,
  HUB_A,
  HUB_B,
  keyCaller,
  linkOther,
  settled,
  type TemporaryProvisioning,
  temporaryProvisioning,
} from '../../temporary-provisioning.ts';
import { deriveDeviceKey } from '../attestation/derive-key.ts';
import type { EnrollmentRecord, HubClient, RegistrationRecord } from '../ports.ts';
import { getOperation, getRegistrationState } from './get-registration.ts';
import type { RegistrationRequest } from './register.ts';
import { registerDevice } from './register-device.ts';
import { REGISTRATION_RATES, RegistrationThrottle } from './registration-throttle.ts';

/** What the hub's clock of a test shows lies between. */
const VALID = { validFrom: Date.UTC(2029, 0, 1), validTo: Date.UTC(2031, 0, 1) };

let p: TemporaryProvisioning;

beforeEach(async () => {
  p = await temporaryProvisioning();
});
afterEach(async () => {
  await p.close();
  expect(p.faults).toEqual([]);
});

async function register(id: string, request: RegistrationRequest = {}): Promise<RegistrationRecord> {
  await registerDevice(p, await keyCaller(p, id), request);
  return settled(p, id);
}

/** On which hubs a device is. */
async function hubsOf(deviceId: string): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(p.hubs).map(async ([name, hub]) => ((await hub.registry.find({ deviceId })) ? [name] : [])),
  );
  return found.flat();
}

const onlyHub = (name: string): Partial<EnrollmentRecord> => ({ allocationPolicy: 'static', iotHubs: [name] });

describe('registerDevice', () => {
  it('answers with an operation, and the device ends at its hub with its keys and its initial twin', async () => {
    await enroll(p);
    const caller = await keyCaller(p, 'dev1');
    const begun = await registerDevice(p, caller, { payload: { modelId: 'dtmi:x;1' } });
    expect(begun.status).toBe('assigning');
    expect(begun.operationId).toMatch(/^4\.[0-9a-f]{16}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    await settled(p, 'dev1');
    const record = await getOperation(p, caller, begun.operationId);
    const told = { status: 'assigned', substatus: 'initialAssignment', assignedHub: HUB_A, deviceId: 'dev1' };
    expect(record).toMatchObject({ ...told, operationId: begun.operationId, pending: null, refusal: null });
    const entry = await p.hubs[HUB_A]?.registry.find({ deviceId: 'dev1' });
    expect(entry?.authentication.symmetricKey.primaryKey).toBe(
      begun.pending?.proof.kind === 'symmetricKey' && begun.pending.proof.primaryKey,
    );
    const twin = await p.hubs[HUB_A]?.twins.find({ deviceId: 'dev1' });
    expect([twin?.tags, twin?.desired.values]).toEqual([{ plant: 'Ulm' }, { interval: 5 }]);
    expect(await p.attempts.list({ limit: 2 })).toMatchObject([
      {
        registrationId: 'dev1',
        outcome: 'assigned',
        enrollmentId: 'line-4',
        credential: 'symmetricKey',
        remoteAddress: '192.0.2.7',
      },
    ]);
  });

  it('lets a device that asks again meanwhile join what is under way, unless it insists', async () => {
    await enroll(p);
    await p.worker.close();
    const caller = await keyCaller(p, 'dev1');
    const first = await registerDevice(p, caller, {});
    expect(await registerDevice(p, caller, {})).toEqual(first);
    const forced = await registerDevice(p, caller, { forceRegistration: true });
    expect(forced.operationId).not.toBe(first.operationId);
    await p.restartWorker();
    await settled(p, 'dev1');
    for (const { operationId } of [first, forced]) {
      expect(await getOperation(p, caller, operationId)).toMatchObject({ status: 'assigned', operationId });
    }
  });

  it('makes one device of many that race for one registration id, in whatever case they write it, and answers each', async () => {
    await enroll(p);
    const ids = Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 'dev1' : 'DEV1'));
    const begun = await Promise.all(
      ids.map(async (id, i) => {
        const caller = await keyCaller(p, id);
        return { caller, record: await registerDevice(p, caller, { payload: i % 3 }) };
      }),
    );
    const { registrationId, deviceId } = await settled(p, 'dev1');
    expect(deviceId).toBe(registrationId);
    for (const { caller, record } of begun) {
      expect(await getOperation(p, caller, record.operationId)).toMatchObject({ status: 'assigned', deviceId });
    }
    expect(await p.hubs[HUB_A]?.registry.count({})).toBe(1);
    expect(await p.registrations.count()).toBe(1);
  });

  it('assigns hundreds of devices that come at once', async () => {
    await enroll(p);
    const ids = Array.from({ length: 300 }, (_, i) => `dev-${i}`);
    await Promise.all(ids.map(async (id) => registerDevice(p, await keyCaller(p, id), {})));
    await settled(p, 'dev-299');
    expect(await p.registrations.countOf('group', 'LINE-4')).toBe(300);
    expect(await p.registrations.listPending()).toEqual([]);
    expect(await p.hubs[HUB_A]?.registry.count({})).toBe(300);
  });

  it('says that the enrolment is disabled, and keeps where the device was', async () => {
    const enrollment = await enroll(p);
    await register('dev1');
    await changeEnrollment(p, enrollment, { status: 'disabled' });
    const told = await registerDevice(p, await keyCaller(p, 'dev1'), {});
    expect(told).toMatchObject({ status: 'disabled', hubName: HUB_A, refusal: { code: 'enrollment.disabled' } });
    expect(await p.attempts.list({ limit: 1 })).toMatchObject([{ outcome: 'disabled', code: 'enrollment.disabled' }]);
  });

  it('does not assign a device whose enrolment is removed or disabled while it waits', async () => {
    const enrollment = await enroll(p);
    await p.worker.close();
    await registerDevice(p, await keyCaller(p, 'dev1'), {});
    await changeEnrollment(p, enrollment, { status: 'disabled' });
    await p.restartWorker();
    expect(await settled(p, 'dev1')).toMatchObject({ status: 'disabled', refusal: { code: 'enrollment.disabled' } });
    expect(await hubsOf('dev1')).toEqual([]);
  });

  it('fails a registration for which there is no hub, with the reason, and books it', async () => {
    await enroll(p, { iotHubs: ['nowhere.example.net'] });
    const record = await register('dev1');
    expect(record).toMatchObject({ status: 'failed', refusal: { code: 'registration.hubMissing' } });
    expect(record.refusal?.message).toContain('nowhere.example.net');
    expect(await p.attempts.list({ limit: 1 })).toMatchObject([{ outcome: 'failed', code: 'registration.hubMissing' }]);
  });

  it('tries a hub again that was away for a moment, and gives up in words when it stays away', async () => {
    await enroll(p);
    const real = p.hubClient;
    let failures = 2;
    p.hubClient = (hub) =>
      Object.assign(Object.create(real(hub)) as HubClient, {
        createOrRefresh: (...args: Parameters<HubClient['createOrRefresh']>) =>
          failures-- > 0 ? Promise.reject(unreachable()) : real(hub).createOrRefresh(...args),
      });
    expect(await register('dev1')).toMatchObject({ status: 'assigned' });
    failures = 3;
    expect(await register('dev2')).toMatchObject({ status: 'failed', refusal: { code: 'linkedHub.unreachable' } });
    expect(await register('dev2')).toMatchObject({ status: 'assigned', substatus: 'initialAssignment' });
  });

  it('ends an assignment that takes too long', async () => {
    await enroll(p);
    await p.worker.close();
    await p.restartWorker({ timeoutMs: 50 });
    const real = p.hubClient;
    p.hubClient = (hub) =>
      Object.assign(Object.create(real(hub)) as HubClient, {
        createOrRefresh: (_id: string, _device: unknown, signal: AbortSignal) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      });
    const record = await register('dev1');
    expect(record).toMatchObject({ status: 'failed', refusal: { code: 'linkedHub.unreachable' } });
    expect(record.refusal?.message).toContain('0.05 s');
  });
});

describe('devices that ask too often', () => {
  it('are told to wait, each for its own polls and all for registrations, and are let in again', async () => {
    await enroll(p);
    const rates = { register: { perSecond: 0.5, burst: 2 }, poll: REGISTRATION_RATES.strict.poll };
    p.registrationThrottle = new RegistrationThrottle(p, rates);
    const [one, two] = [await keyCaller(p, 'dev1'), await keyCaller(p, 'dev2')];
    const { operationId } = await registerDevice(p, one, {});
    const other = await registerDevice(p, two, {});
    const limited = { code: 'registration.limitReached' };
    await expect(registerDevice(p, one, { payload: 1 })).rejects.toMatchObject(limited);
    for (let i = 0; i < 5; i++) await getOperation(p, one, operationId);
    await expect(getOperation(p, one, operationId)).rejects.toMatchObject(limited);
    await getOperation(p, two, other.operationId);
    // Strangers take nobody's share.
    await expect(registerDevice(p, { ...two, idScope: 'x' }, {})).rejects.toMatchObject({
      code: 'provisioning.scopeUnknown',
    });
    p.clock.advance(2);
    await getOperation(p, one, operationId);
    await registerDevice(p, one, { payload: 1 });
    await expect(registerDevice(p, one, { payload: 2 })).rejects.toMatchObject(limited);
    await settled(p, 'dev1');
  });
});

describe('a device with a certificate', () => {
  it('is known to its hub by that, and by the new one when it comes with a new one', async () => {
    const thumbprints: (string | null | undefined)[] = [];
    for (const serial of [1, 2]) {
      const { pem, certificate: leaf } = await issueCertificate({ commonName: `dev${serial}`, ...VALID });
      const attestation = { kind: 'clientCertificates', primary: pem, secondary: null } as const;
      await p.enrollments.remove('individual', 'dev1', undefined);
      await enroll(p, { kind: 'individual', id: 'dev1', attestation });
      const certificate = { leaf, intermediates: [], isResumed: false };
      await registerDevice(p, await keyCaller(p, 'dev1', { credential: { token: undefined, certificate } }), {});
      expect(await settled(p, 'dev1')).toMatchObject({
        status: 'assigned',
        certificate: { subjectName: `CN=dev${serial}` },
      });
      const entry = await p.hubs[HUB_A]?.registry.find({ deviceId: 'dev1' });
      expect(entry?.authentication.type).toBe('selfSigned');
      expect(entry?.authentication.x509Thumbprint.primaryThumbprint).toBe(leaf.fingerprint256.replaceAll(':', ''));
      thumbprints.push(entry?.authentication.x509Thumbprint.primaryThumbprint);
    }
    expect(new Set(thumbprints).size).toBe(2);
  });

  it('that was issued on its request is let in by the authority here, and by its thumbprint elsewhere', async () => {
    await linkOther(p);
    const asked: unknown[] = [];
    const issued = { chain: ['bGVhZg==', 'cm9vdA=='], thumbprint: 'AB'.repeat(32), notAfter: 0 };
    p.issuer = {
      ...p.issuer,
      async issue(request) {
        asked.push(request);
        return issued;
      },
    };
    const enrollment = await enroll(p, { ...onlyHub(HUB_A), credentialPolicyName: 'default' });
    const record = await register('dev1', { csr: 'MII=' });
    expect(record.issuedCertificateChain).toEqual(issued.chain);
    const again = await register('dev1', { csr: 'MIJ=' });
    const caller = await keyCaller(p, 'dev1');
    expect((await getOperation(p, caller, again.operationId)).issuedCertificateChain).toEqual(issued.chain);
    expect((await getOperation(p, caller, record.operationId)).issuedCertificateChain).toBeNull();
    asked.pop();
    expect(asked).toEqual([{ policyName: 'default', commonName: 'dev1', deviceId: 'dev1', csr: 'MII=' }]);
    const authenticationAt = async (name: string) =>
      (await p.hubs[name]?.registry.find({ deviceId: 'dev1' }))?.authentication;
    expect((await authenticationAt(HUB_A))?.type).toBe('certificateAuthority');
    const moved = await changeEnrollment(p, enrollment, onlyHub(HUB_B));
    await register('dev1', { csr: 'MII=' });
    expect((await authenticationAt(HUB_B))?.x509Thumbprint.primaryThumbprint).toBe(issued.thumbprint);
    await changeEnrollment(p, moved, { credentialPolicyName: null });
    await expect(registerDevice(p, await keyCaller(p, 'dev1'), { csr: 'MII=' })).rejects.toMatchObject({
      code: 'csr.invalid',
    });
  });
});

describe('getOperation', () => {
  it('knows no operation of another registration, nor one that was made up', async () => {
    await enroll(p);
    const other = await registerDevice(p, await keyCaller(p, 'dev2'), {});
    await register('dev1');
    const caller = await keyCaller(p, 'dev1');
    for (const operationId of [other.operationId, '4.0011223344556677.2f6c7a1e-0000-4000-8000-000000000001', '', 'x']) {
      await expect(getOperation(p, caller, operationId)).rejects.toMatchObject({
        code: 'registration.operationNotFound',
      });
    }
  });
});

describe('getRegistrationState', () => {
  it('tells where a device was sent, and issues nothing', async () => {
    await enroll(p);
    const caller = await keyCaller(p, 'dev1');
    await expect(getRegistrationState(p, caller, {})).rejects.toMatchObject({ code: 'registration.notFound' });
    await register('dev1');
    expect(await getRegistrationState(p, caller, {})).toMatchObject({ status: 'assigned', assignedHub: HUB_A });
    await expect(getRegistrationState(p, caller, { csr: 'MII=' })).rejects.toMatchObject({ code: 'csr.invalid' });
  });
});

describe('a device that comes again', () => {
  it('stays at its hub: its keys are renewed, its twin is left alone', async () => {
    const enrollment = await enroll(p);
    await register('dev1');
    const hub = p.hubs[HUB_A]!;
    await patchTwin(hub, { deviceId: 'dev1' }, { tags: { plant: 'Bonn' } });
    const key = Buffer.alloc(32, 9).toString('base64');
    // Another secondary key of the group changes what the hub must know.
    const { attestation } = enrollment;
    if (attestation.kind !== 'symmetricKey') throw new Error('it is one of keys');
    await changeEnrollment(p, enrollment, { attestation: { ...attestation, secondaryKey: key } });
    const session = new RecordingSession({ deviceId: 'dev1' }, p.clock.now());
    hub.sessions.enter(session);
    expect(await register('dev1')).toMatchObject({ substatus: 'reprovisionedToInitialAssignment', hubName: HUB_A });
    expect((await getTwin(hub, { deviceId: 'dev1' })).tags).toEqual({ plant: 'Bonn' });
    expect(session.closedWith?.code).toBe('credential.replaced');
  });

  it('is made anew where somebody removed it at the hub', async () => {
    await enroll(p);
    await register('dev1');
    await deleteDevice(p.hubs[HUB_A]!, { deviceId: 'dev1' });
    expect(await register('dev1')).toMatchObject({ substatus: 'initialAssignment' });
    expect((await getTwin(p.hubs[HUB_A]!, { deviceId: 'dev1' })).tags).toEqual({ plant: 'Ulm' });
  });

  it('moves with its twin where the enrolment says so', async () => {
    await linkOther(p);
    const enrollment = await enroll(p, onlyHub(HUB_A));
    await register('dev1');
    await patchTwin(p.hubs[HUB_A]!, { deviceId: 'dev1' }, { tags: { plant: 'Bonn' }, desired: { interval: 9 } });
    await changeEnrollment(p, enrollment, onlyHub(HUB_B));
    expect(await register('dev1')).toMatchObject({ substatus: 'deviceDataMigrated', hubName: HUB_B, touched: [] });
    const twin = await getTwin(p.hubs[HUB_B]!, { deviceId: 'dev1' });
    expect([twin.tags, twin.desired.values]).toEqual([{ plant: 'Bonn' }, { interval: 9 }]);
    expect(await hubsOf('dev1')).toEqual([HUB_B]);
  });

  it('moves and begins anew where the enrolment says so', async () => {
    await linkOther(p);
    const reprovisionPolicy = { updateHubAssignment: true, migrateDeviceData: false };
    const enrollment = await enroll(p, { ...onlyHub(HUB_A), reprovisionPolicy });
    await register('dev1');
    await patchTwin(p.hubs[HUB_A]!, { deviceId: 'dev1' }, { tags: { plant: 'Bonn' } });
    await changeEnrollment(p, enrollment, onlyHub(HUB_B));
    expect(await register('dev1')).toMatchObject({ substatus: 'deviceDataReset', hubName: HUB_B });
    expect((await getTwin(p.hubs[HUB_B]!, { deviceId: 'dev1' })).tags).toEqual({ plant: 'Ulm' });
    expect(await hubsOf('dev1')).toEqual([HUB_B]);
  });

  it('keeps its hub where the enrolment never moves devices, and with clients of before reprovisioning', async () => {
    await linkOther(p);
    const never = { updateHubAssignment: false, migrateDeviceData: true };
    const enrollment = await enroll(p, { ...onlyHub(HUB_A), reprovisionPolicy: never });
    await register('dev1');
    const moved = await changeEnrollment(p, enrollment, onlyHub(HUB_B));
    expect(await register('dev1')).toMatchObject({ hubName: HUB_A });
    await changeEnrollment(p, moved, { reprovisionPolicy: { ...never, updateHubAssignment: true } });
    await registerDevice(p, await keyCaller(p, 'dev1', { apiVersion: '2017-11-15' }), {});
    expect(await settled(p, 'dev1')).toMatchObject({ hubName: HUB_A });
    expect(await register('dev1')).toMatchObject({ hubName: HUB_B });
  });

  it('goes elsewhere when its hub is not linked any more, whatever the policy; its old hub is not asked', async () => {
    const link = await linkOther(p);
    const never = { updateHubAssignment: false, migrateDeviceData: true };
    const enrollment = await enroll(p, { ...onlyHub(HUB_B), reprovisionPolicy: never });
    await register('dev1');
    await p.linkedHubs.remove(link.hostName, undefined);
    await changeEnrollment(p, enrollment, { iotHubs: [] });
    expect(await register('dev1')).toMatchObject({ hubName: HUB_A, substatus: 'deviceDataReset' });
    expect(await hubsOf('dev1')).toEqual([HUB_A, HUB_B]);
  });

  it('fails to move while its old hub is away, and ends at one hub once that is back or given up', async () => {
    const link = await linkOther(p);
    const enrollment = await enroll(p, onlyHub(HUB_B));
    for (const id of ['dev1', 'dev2']) await register(id);
    await changeEnrollment(p, enrollment, onlyHub(HUB_A));
    const real = p.hubClient;
    p.hubClient = (hub) =>
      hub.hostName === HUB_A
        ? real(hub)
        : Object.assign(Object.create(real(hub)) as HubClient, {
            find: (...args: Parameters<HubClient['find']>) => real(hub).find(...args),
            remove: () => Promise.reject(unreachable()),
          });
    for (const id of ['dev1', 'dev2']) {
      expect(await register(id)).toMatchObject({
        ...{ status: 'failed', hubName: HUB_B, touched: [{ hubName: HUB_A, deviceId: id }] },
        refusal: { code: 'linkedHub.unreachable' },
      });
    }
    p.hubClient = real;
    expect(await register('dev1')).toMatchObject({ hubName: HUB_A, substatus: 'deviceDataMigrated', touched: [] });
    expect(await hubsOf('dev1')).toEqual([HUB_A]);
    await p.linkedHubs.remove(link.hostName, undefined);
    expect(await register('dev2')).toMatchObject({ status: 'assigned', hubName: HUB_A, touched: [] });
  });

  it('is known by the device id that its enrolment got meanwhile, and by no other', async () => {
    const enrollment = await enroll(p, { kind: 'individual', id: 'dev1', attestation: individualKeys('dev1') });
    await register('dev1');
    await patchTwin(p.hubs[HUB_A]!, { deviceId: 'dev1' }, { tags: { plant: 'Bonn' } });
    await changeEnrollment(p, enrollment, { deviceId: 'pump-7' });
    expect(await register('dev1')).toMatchObject({ deviceId: 'pump-7', substatus: 'deviceDataMigrated' });
    expect([await hubsOf('dev1'), await hubsOf('pump-7')]).toEqual([[], [HUB_A]]);
    expect((await getTwin(p.hubs[HUB_A]!, { deviceId: 'pump-7' })).tags).toEqual({ plant: 'Bonn' });
  });

  it('takes over a device of its name that was at the hub before, twin and all', async () => {
    await enroll(p);
    await createDevice(p.hubs[HUB_A]!, { deviceId: 'dev1' }, {}, { tags: { by: 'hand' } });
    expect(await register('dev1')).toMatchObject({ status: 'assigned', substatus: 'initialAssignment' });
    expect((await getTwin(p.hubs[HUB_A]!, { deviceId: 'dev1' })).tags).toEqual({ by: 'hand' });
  });
});

describe('the allocation webhook', () => {
  it('chooses the hub, the twin and what the device is told', async () => {
    await linkOther(p);
    const customAllocation = { webhookUrl: 'https://hook.example.net/?key=1', apiVersion: '2019-03-31' };
    await enroll(p, { allocationPolicy: 'custom', customAllocation });
    const asked: unknown[] = [];
    p.allocationWebhook = {
      async ask(url, question) {
        asked.push(url, question);
        return {
          iothubhostname: HUB_B.toUpperCase(),
          initialTwin: { tags: { chosen: true }, properties: { desired: { rate: 1 } } },
          payload: { hello: 'device' },
        };
      },
    };
    expect(await register('dev1', { payload: { modelId: 'dtmi:x;1' } })).toMatchObject({
      ...{ status: 'assigned', hubName: HUB_B, payload: { hello: 'device' } },
    });
    const twin = await getTwin(p.hubs[HUB_B]!, { deviceId: 'dev1' });
    expect([twin.tags, twin.desired.values]).toEqual([{ chosen: true }, { rate: 1 }]);
    expect(asked).toMatchObject([
      customAllocation.webhookUrl,
      {
        enrollmentGroup: { enrollmentGroupId: 'line-4', attestation: { type: 'symmetricKey' } },
        deviceRuntimeContext: { registrationId: 'dev1', symmetricKey: {}, payload: { modelId: 'dtmi:x;1' } },
        linkedHubs: [HUB_A, HUB_B],
      },
    ]);
    expect(JSON.stringify(asked)).not.toContain('Key":"');
  });

  it.each([
    [{}, 'allocation.hubNotSpecified'],
    [{ iotHubHostName: 'unknown.example.net' }, 'allocation.hubNotSpecified'],
    [{ iotHubHostName: 7 }, 'allocation.hubNotSpecified'],
    [{ iotHubHostName: HUB_A, initialTwin: [] }, 'allocation.webhookFailed'],
  ])('fails the registration when it answers %j', async (answer, code) => {
    const customAllocation = { webhookUrl: 'https://hook.example.net/', apiVersion: '2019-03-31' };
    await enroll(p, { allocationPolicy: 'custom', customAllocation });
    p.allocationWebhook = { ask: async () => answer };
    expect(await register('dev1')).toMatchObject({ status: 'failed', refusal: { code } });
    expect(await hubsOf('dev1')).toEqual([]);
  });
});

function unreachable(): Error {
  return new HubError('linkedHub.unreachable', 'it is away');
}

/** Of an individual enrolment: the very key that the caller of a group would derive. */
function individualKeys(id: string): EnrollmentRecord['attestation'] {
  const key = deriveDeviceKey(GROUP_KEY, id);
  return { kind: 'symmetricKey', primaryKey: key, secondaryKey: key };
}
