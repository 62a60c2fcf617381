import type {
  AttemptPage,
  DeviceKeys,
  EnrollmentChange,
  EnrollmentPage,
  EnrollmentView,
  ProvisioningView,
  RegistrationPage,
} from '@viaduct/contracts';
import { createDevice, getDevice } from '@viaduct/hub';
import type { NewAttempt, RegistrationRecord } from '@viaduct/provisioning';
import { issueCertificate } from '@viaduct/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, type ConsoleUnderTest, openConsole, signedInBrowser } from '../testing/console-under-test.ts';
import { FakeSession } from '../testing/fake-session.ts';

const GROUPS = '/provisioning/enrollments/group';
const INDIVIDUALS = '/provisioning/enrollments/individual';

let tested: ConsoleUnderTest;
let browser: Browser;
beforeEach(async () => {
  tested = await openConsole();
  browser = await signedInBrowser(tested);
});
afterEach(() => tested.close());

const byKey = (id: string) => ({ id, proof: { kind: 'symmetricKey' } });

async function audit(): Promise<readonly (readonly [string, string | null, string | null])[]> {
  const answer = await browser.request('GET', '/audit');
  const { items } = answer.json<{ items: { action: string; object: string | null; code: string | null }[] }>();
  return items.map(({ action, object, code }) => [action, object, code] as const);
}

describe('the overview of provisioning', () => {
  it('tells what devices and back ends must know, and keeps how a hub is chosen', async () => {
    const keys = { primaryKey: 'a2V5', secondaryKey: 'a2V5' };
    const rights = new Set(['EnrollmentRead'] as const);
    await tested.hub.policies.insertMissing([{ name: 'provisioningserviceowner', ...keys, rights }]);
    const view = (await browser.request('GET', '/provisioning')).json<ProvisioningView>();
    expect(view).toMatchObject({ allocationPolicy: 'hashed', counts: { groups: 0, individuals: 0, hubs: 1 } });
    expect(view.idScope).toMatch(/^0ne[0-9A-F]{8}$/);
    expect(view.connectionString).toMatch(/^HostName=hub\.example;SharedAccessKeyName=provisioningserviceowner;/);
    const path = `/provisioning/settings?etag=${view.etag}`;
    const saved = await browser.request('PUT', path, { allocationPolicy: 'geoLatency' });
    expect(saved.json()).toMatchObject({ allocationPolicy: 'geoLatency', idScope: view.idScope });
    const stale = await browser.request('PUT', path, { allocationPolicy: 'hashed' });
    expect([stale.statusCode, stale.json()]).toMatchObject([412, { code: 'etag.mismatch' }]);
    expect((await audit())[1]).toEqual(['provisioning.settings', 'geoLatency', null]);
  });
});

describe('enrolments', () => {
  it('are made from a name, listed, searched for, and found in pages', async () => {
    for (const id of ['north-1', 'north-2', 'south-1']) {
      expect((await browser.request('POST', GROUPS, byKey(id))).statusCode).toBe(201);
    }
    const again = await browser.request('POST', GROUPS, byKey('North-1'));
    expect([again.statusCode, again.json()]).toMatchObject([409, { code: 'enrollmentGroup.exists' }]);
    const list = async (query: string) => (await browser.request('GET', `${GROUPS}${query}`)).json<EnrollmentPage>();
    expect((await list('?search=NORTH')).items.map(({ id }) => id)).toEqual(['north-1', 'north-2']);
    const first = await list('?limit=2');
    expect(first).toMatchObject({ total: 3, next: 'north-2', items: [{ id: 'north-1' }, { id: 'north-2' }] });
    const second = await list(`?limit=2&after=${first.next}`);
    expect([second.items.map(({ id }) => id), second.next]).toEqual([['south-1'], undefined]);
    expect((await browser.request('GET', INDIVIDUALS)).json()).toEqual({ items: [], total: 0 });
  });

  it('tell keys only when asked, to each device its own, and the audit who asked', async () => {
    const made = await browser.request('POST', GROUPS, {
      ...byKey('stations'),
      proof: { kind: 'symmetricKey', primaryKey: DOCUMENTED.groupKey },
    });
    const shown = await browser.request('GET', `${GROUPS}/stations`);
    for (const { body } of [made, shown]) expect(body).not.toContain(DOCUMENTED.groupKey);
    const keys = (await browser.request('POST', `${GROUPS}/stations/keys`)).json();
    expect(keys).toMatchObject({ primaryKey: DOCUMENTED.groupKey, secondaryKey: expect.any(String) });
    const derived = await browser.request('POST', `${GROUPS}/stations/device-key`, {
      registrationId: DOCUMENTED.registrationId.toUpperCase(),
    });
    expect(derived.json<DeviceKeys>().primaryKey).toBe(DOCUMENTED.deviceKey);
    const wrong = await browser.request('POST', `${GROUPS}/stations/device-key`, { registrationId: '-no-' });
    expect(wrong.json()).toMatchObject({ code: 'registration.idInvalid' });
    expect((await audit()).slice(0, 4)).toEqual([
      ['enrollmentGroup.deviceKey', 'stations: -no-', 'registration.idInvalid'],
      ['enrollmentGroup.deviceKey', `stations: ${DOCUMENTED.registrationId.toUpperCase()}`, null],
      ['enrollmentGroup.showKeys', 'stations', null],
      ['enrollmentGroup.create', 'stations', null],
    ]);
  });

  it('show their certificates with when they end, and say when an authority is no longer what it was', async () => {
    const root = await issueCertificate({ commonName: 'Plant', ca: true });
    const signing = { kind: 'signingCertificates', primary: root.pem, secondary: null };
    const made = (await browser.request('POST', GROUPS, { id: 'plant', proof: signing })).json<EnrollmentView>();
    expect(made).toMatchObject({
      attestation: 'signingCertificates',
      proof: { primary: { subject: 'CN=Plant', pem: expect.stringContaining('BEGIN CERTIFICATE') }, secondary: null },
    });
    expect(made.certificateEnds).toBeGreaterThan(Date.now());
    const reference = { kind: 'caReferences', primary: 'nobody', secondary: null };
    const refused = await browser.request('POST', GROUPS, { id: 'other', proof: reference });
    expect([refused.statusCode, refused.json()]).toMatchObject([400, { code: 'enrollment.invalid' }]);
    const keys = await browser.request('POST', `${GROUPS}/plant/keys`);
    expect(keys.json()).toMatchObject({ code: 'enrollment.invalid', message: expect.stringContaining('no keys') });
  });

  it('are changed in part: what is not named stays, keys and all', async () => {
    await browser.request('POST', INDIVIDUALS, {
      ...byKey('pump'),
      settings: { deviceId: 'pump-1', initialTwin: { tags: { site: 'north' }, desired: { interval: 5 } } },
    });
    const keys = await browser.request('POST', `${INDIVIDUALS}/pump/keys`);
    const { etag } = (await browser.request('GET', `${INDIVIDUALS}/pump`)).json<EnrollmentView>();
    const path = `${INDIVIDUALS}/pump?etag=${etag}`;
    const changed = await browser.request('PUT', path, { settings: { mayMove: false, isEdge: true } });
    expect(changed.json<EnrollmentChange>()).toMatchObject({
      enrollment: {
        status: 'enabled',
        settings: {
          ...{ deviceId: 'pump-1', isEdge: true, mayMove: false, keepsTwin: true, allocationPolicy: null, hubs: [] },
          initialTwin: { tags: { site: 'north' }, desired: { interval: 5 } },
        },
      },
      devices: null,
    });
    expect((await browser.request('POST', `${INDIVIDUALS}/pump/keys`)).json()).toEqual(keys.json());
    const stale = await browser.request('PUT', path, { status: 'disabled' });
    expect([stale.statusCode, stale.json()]).toMatchObject([412, { code: 'etag.mismatch' }]);
    const webhook = { allocationPolicy: 'custom', webhookUrl: 'https://hooks.example/', hubs: ['hub.example'] };
    const moved = await browser.request('PUT', `${INDIVIDUALS}/pump`, { settings: webhook });
    expect(moved.json<EnrollmentChange>().enrollment.settings).toMatchObject({ ...webhook, mayMove: false });
  });

  it('act at once on the devices that came, if asked, and list them', async () => {
    await browser.request('POST', GROUPS, byKey('stations'));
    await createDevice(tested.hub, { deviceId: 's1' }, {});
    const session = new FakeSession('s1', tested.clock.now());
    tested.hub.sessions.enter(session);
    await tested.provisioning.registrations.save(registration('S1', 's1'), undefined);
    const listed = await browser.request('GET', `${GROUPS}/stations/registrations`);
    expect(listed.json<RegistrationPage>().items).toMatchObject([
      { registrationId: 'S1', deviceId: 's1', status: 'assigned', isHere: true, message: null },
    ]);
    const change = await browser.request('PUT', `${GROUPS}/stations?devices=disable`, { status: 'disabled' });
    expect(change.json()).toMatchObject({
      enrollment: { status: 'disabled', registrations: 1 },
      devices: { changed: 1, failed: 0, refused: [] },
    });
    expect(session.closedWith).toBeDefined();
    expect((await getDevice(tested.hub, { deviceId: 's1' })).status).toBe('disabled');
    const removed = await browser.request('DELETE', `${GROUPS}/stations?devices=delete`);
    expect(removed.json()).toMatchObject({ devices: { changed: 1 } });
    await expect(getDevice(tested.hub, { deviceId: 's1' })).rejects.toMatchObject({ code: 'device.notFound' });
    expect((await audit()).slice(0, 2).map(([action]) => action)).toEqual([
      'enrollmentGroup.remove.devices.delete',
      'enrollmentGroup.change.devices.disable',
    ]);
  });

  it('let a device begin anew by forgetting its registration', async () => {
    await browser.request('POST', GROUPS, byKey('stations'));
    await tested.provisioning.registrations.save(registration('S1', 's1'), undefined);
    expect((await browser.request('DELETE', '/provisioning/registrations/s1')).statusCode).toBe(204);
    const gone = await browser.request('DELETE', '/provisioning/registrations/s1');
    expect([gone.statusCode, gone.json()]).toMatchObject([404, { code: 'registration.notFound' }]);
  });
});

describe('attempts', () => {
  it('are told newest first, with the reason and what to do, by device, enrolment and outcome', async () => {
    const { attempts } = tested.provisioning;
    attempts.record(attempt({}));
    attempts.record(
      attempt({ registrationId: 'd2', outcome: 'assigned', code: null, message: null, assignedHub: 'hub.example' }),
    );
    attempts.record(attempt({ registrationId: 'd3', enrollmentKind: null, enrollmentId: null }));
    const list = async (query: string) =>
      (await browser.request('GET', `/provisioning/attempts${query}`)).json<AttemptPage>();
    const all = await list('');
    expect(all.unlisted).toBe(0);
    expect(all.items).toMatchObject([
      { id: 3, registrationId: 'd3', enrollment: null },
      { id: 2, registrationId: 'd2', outcome: 'assigned', isHere: true, advice: null },
      {
        ...{ id: 1, registrationId: 'd1', enrollment: { kind: 'group', id: 'stations' }, isHere: false },
        ...{ outcome: 'refused', message: 'another key', advice: expect.stringContaining('key') },
      },
    ]);
    const idsOf = async (query: string) => (await list(query)).items.map(({ id }) => id);
    expect(await idsOf('?registrationId=D1')).toEqual([1]);
    expect(await idsOf('?kind=group&enrollmentId=Stations')).toEqual([2, 1]);
    expect(await idsOf('?outcome=refused')).toEqual([3, 1]);
    const paged = await list('?outcome=refused&limit=1');
    expect([paged.items.length, await idsOf(`?outcome=refused&before=${paged.before}`)]).toEqual([1, [1]]);
  });

  it('tell how many refusals of one address were only counted', async () => {
    for (let i = 0; i < 500; i++) tested.provisioning.attempts.record(attempt({ remoteAddress: '192.0.2.99' }));
    const { unlisted } = (await browser.request('GET', '/provisioning/attempts')).json<AttemptPage>();
    expect(unlisted).toBe(tested.provisioning.attempts.unbooked);
    expect(unlisted).toBeGreaterThan(200);
  });
});

describe('linked hubs and credential policies', () => {
  it('are linked without telling a key, weighed, tried and unlinked', async () => {
    const connectionString = 'HostName=other.example;SharedAccessKeyName=iothubowner;SharedAccessKey=c2VjcmV0';
    const added = await browser.request('POST', '/provisioning/linked-hubs', { connectionString, allocationWeight: 3 });
    expect([added.statusCode, added.json()]).toMatchObject([
      201,
      { hostName: 'other.example', kind: 'remote', policyName: 'iothubowner', allocationWeight: 3 },
    ]);
    const listed = await browser.request('GET', '/provisioning/linked-hubs');
    expect(listed.json()).toMatchObject([{ hostName: 'hub.example', kind: 'local', policyName: null }, added.json()]);
    expect(listed.body).not.toContain('c2VjcmV0');
    const path = `/provisioning/linked-hubs/other.example?etag=${added.json().etag}`;
    const changed = await browser.request('PUT', path, { takesNewDevices: false });
    expect(changed.json()).toMatchObject({ takesNewDevices: false, allocationWeight: 3 });
    const tried = await browser.request('POST', '/provisioning/linked-hubs/hub.example/trial');
    expect(tried.json()).toMatchObject({ hostName: 'hub.example', latencyMs: expect.any(Number) });
    expect((await browser.request('DELETE', '/provisioning/linked-hubs/other.example')).statusCode).toBe(204);
    const own = await browser.request('DELETE', '/provisioning/linked-hubs/hub.example');
    expect(own.json()).toMatchObject({ code: 'linkedHub.invalid' });
    expect((await audit()).slice(0, 4).map(([action, , code]) => [action, code])).toEqual([
      ['linkedHub.remove', 'linkedHub.invalid'],
      ['linkedHub.remove', null],
      ['linkedHub.change', null],
      ['linkedHub.add', null],
    ]);
  });

  it('say by which rules certificates are issued, and who signs them', async () => {
    const added = await browser.request('POST', '/provisioning/credential-policies', {
      ...{ name: 'short', validityDays: 7, keyTypes: ['EC-P384'] },
    });
    expect([added.statusCode, added.json()]).toMatchObject([201, { name: 'short', validityDays: 7 }]);
    const { policies, issuer } = (await browser.request('GET', '/provisioning/credential-policies')).json();
    expect(policies).toContainEqual(added.json());
    expect(issuer.validTo).toBeGreaterThan(Date.now());
    expect((await browser.request('DELETE', '/provisioning/credential-policies/short')).statusCode).toBe(204);
    expect((await browser.request('DELETE', '/provisioning/credential-policies/short')).statusCode).toBe(404);
  });
});

/** Source: Azure DPS, "Symmetric key attestation", derived device keys: the example of its documentation. */
const DOCUMENTED = {
  groupKey: '8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==',
  registrationId: 'sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6',
  deviceKey: 'Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=',
} as const;

function attempt(part: Partial<NewAttempt>): NewAttempt {
  return {
    ...{ registrationId: 'd1', enrollmentKind: 'group', enrollmentId: 'stations', credential: 'symmetricKey' },
    ...{ transport: 'mqtt', remoteAddress: '127.0.0.1', outcome: 'refused', substatus: null, assignedHub: null },
    ...{ deviceId: null, code: 'credential.signatureMismatch', message: 'another key', durationMs: null },
    ...part,
  };
}

function registration(registrationId: string, deviceId: string): RegistrationRecord {
  return {
    ...{ registrationId, enrollmentKind: 'group', enrollmentId: 'stations', status: 'assigned', deviceId },
    ...{ substatus: 'initialAssignment', operationId: '4.0.0', pending: null, hubName: 'hub.example' },
    ...{ assignedHub: 'hub.example', refusal: null, certificate: null, signer: null, issuedCertificateChain: null },
    ...{ tpmAuthenticationKey: null, touched: [], createdTime: 1, updatedTime: 2, etag: 'r1' },
  };
}
