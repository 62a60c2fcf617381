import { createDevice, deleteDevice, patchReported, patchTwin, rememberModel, updateDevice } from '@viaduct/hub';
import { deriveDeviceKey, type NewAttempt, type RegistrationRecord } from '@viaduct/provisioning';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConsoleUnderTest, openConsole } from '../testing/console-under-test.ts';
import type { DeviceDirectory } from './device-directory.ts';
import type { DeviceFilter } from './device-filter.ts';
import { ProjectedDirectory } from './projected-directory.ts';

const TEMPLATE = 'dtmi:test:roomTemplate;1';
const MODEL = 'dtmi:test:room;1';

let server: ConsoleUnderTest;
let devices: DeviceDirectory;

beforeEach(async () => {
  server = await openConsole();
  devices = server.central.devices;
});
afterEach(() => server.close());

const property = (operator: '=' | '!=' | '<' | '<=' | '>' | '>=', path: string, value: string | number | boolean) =>
  ({ kind: 'compare', field: { kind: 'property', component: null, path: path.split('.') }, operator, value }) as const;

const idsOf = async (filter: DeviceFilter) => (await devices.idsOf(filter, 100)).deviceIds;

describe('the directory', () => {
  it('has a device at once that was made here, with keys of its own enrolment group', async () => {
    const made = await devices.create('d1', { displayName: 'Boiler' });
    expect(made).toMatchObject({ displayName: 'Boiler', enabled: true, approved: true, provisioned: false });
    expect((await devices.list({ limit: 10 })).items).toEqual([made]);
    const group = await server.provisioning.enrollments.find('group', 'SAS-IoT-Devices');
    const { primaryKey } = (group?.attestation ?? {}) as { primaryKey: string };
    const entry = await server.hub.registry.find({ deviceId: 'd1' });
    expect(entry?.authentication.symmetricKey.primaryKey).toBe(deriveDeviceKey(primaryKey, 'd1'));
    await expect(devices.create('d1', {})).rejects.toMatchObject({ code: 'device.exists' });
  });

  it('learns of devices that were made, changed and deleted at the hub', async () => {
    const { hub } = server;
    await createDevice(hub, { deviceId: 'd1' }, { status: 'disabled' }, { desired: { rate: 5 } });
    await createDevice(hub, { deviceId: 'd2' });
    await patchReported(hub, { deviceId: 'd2' }, { thermostat1: { __t: 'c', temperature: 21.5 }, serial: 'a' }, null);
    await devices.caughtUp();
    expect(await devices.find('d1')).toMatchObject({ enabled: false, displayName: 'd1' });
    expect(await idsOf(property('>', 'thermostat1.temperature', 21))).toEqual(['d2']);
    expect(await idsOf(property('=', 'rate', 5))).toEqual(['d1']);
    await updateDevice(hub, { deviceId: 'd1' }, { status: 'enabled' });
    await deleteDevice(hub, { deviceId: 'd2' });
    await devices.caughtUp();
    expect(await devices.find('d1')).toMatchObject({ enabled: true });
    expect(await devices.find('d2')).toBeUndefined();
  });

  it('takes what is reported before what is desired, acknowledgements for their values, and forgets what is removed', async () => {
    const { hub } = server;
    await createDevice(hub, { deviceId: 'd1' }, {}, { desired: { rate: 5 } });
    const fields = [
      { component: null, path: ['rate'] },
      { component: null, path: ['place'] },
    ];
    await patchReported(
      hub,
      { deviceId: 'd1' },
      { rate: { value: 4, ac: 200, av: 1 }, place: { lat: 1, lon: 2 } },
      null,
    );
    await devices.caughtUp();
    expect((await devices.values(['d1'], fields)).get('d1')).toEqual([4, { lat: 1, lon: 2 }]);
    expect(await idsOf(property('=', 'rate', 5))).toEqual([]);
    await patchReported(hub, { deviceId: 'd1' }, { rate: null, place: 'hall' }, null);
    await devices.caughtUp();
    expect((await devices.values(['d1'], fields)).get('d1')).toEqual([5, 'hall']);
    await patchTwin(hub, { deviceId: 'd1' }, { desired: { rate: null } });
    await devices.caughtUp();
    expect((await devices.values(['d1'], fields)).get('d1')).toEqual([undefined, 'hall']);
  });

  it('matches nothing with a field that a device does not have, except with isNull', async () => {
    await devices.create('d1', {});
    await devices.create('d2', {});
    await devices.patchCloudProperties('d2', { owner: 'ada' });
    const isAda = property('=', 'owner', 'ada');
    expect(await idsOf(isAda)).toEqual(['d2']);
    expect(await idsOf({ kind: 'not', term: isAda })).toEqual([]);
    expect(await idsOf({ kind: 'not', term: property('=', 'owner', 'bob') })).toEqual(['d2']);
    expect(await idsOf({ kind: 'isNull', field: isAda.field })).toEqual(['d1']);
    expect(await idsOf({ kind: 'not', term: { kind: 'isNull', field: isAda.field } })).toEqual(['d2']);
    expect(await idsOf({ kind: 'or', terms: [isAda, property('>', 'nobody.said', 1)] })).toEqual(['d2']);
    expect(await idsOf({ kind: 'contains', field: { kind: 'meta', name: 'id' }, text: 'D1' })).toEqual(['d1']);
  });

  it('pages in any order without missing or repeating one, and finds by parts of names', async () => {
    for (const [index, name] of ['beta', 'Alpha', 'beta', 'gamma'].entries()) {
      await devices.create(`d${index}`, { displayName: name });
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await devices.list({
        orderBy: { field: 'displayName', descending: true },
        limit: 1,
        ...(cursor && { cursor }),
      });
      expect(page.total).toBe(4);
      seen.push(...page.items.map(({ deviceId }) => deviceId));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(['d3', 'd2', 'd0', 'd1']);
    const named = async (search: string) => (await devices.list({ search, limit: 9 })).items.map((d) => d.deviceId);
    expect([await named('ALPH'), await named('mm'), await named('"x'), await named('d0')]).toEqual([
      ['d1'],
      ['d3'],
      [],
      ['d0'],
    ]);
    await expect(devices.list({ cursor: 'x', limit: 1 })).rejects.toMatchObject({ code: 'argument.invalid' });
  });

  it('changes what central knows, and refuses who read it before somebody else changed it', async () => {
    const { etag } = await devices.create('d1', {});
    const changed = await devices.update(
      'd1',
      { displayName: 'Pump', organizations: ['plant'], approved: false },
      etag,
    );
    expect(changed).toMatchObject({ displayName: 'Pump', organizations: ['plant'], approved: false, enabled: false });
    expect((await server.hub.registry.find({ deviceId: 'd1' }))?.status).toBe('disabled');
    await expect(devices.update('d1', { displayName: 'x' }, etag)).rejects.toMatchObject({ code: 'etag.mismatch' });
    await expect(devices.update('d1', { templateId: TEMPLATE })).rejects.toMatchObject({ code: 'template.notFound' });
  });

  it('gives a device the published template whose model it announced, whichever comes first', async () => {
    const { hub, central } = server;
    await createDevice(hub, { deviceId: 'd1' });
    await rememberModel(hub, { deviceId: 'd1' }, MODEL);
    await devices.caughtUp();
    expect(await devices.find('d1')).toMatchObject({ modelId: MODEL, templateId: null });
    await central.templates.put(TEMPLATE, ROOM);
    await createDevice(hub, { deviceId: 'd2' });
    await rememberModel(hub, { deviceId: 'd2' }, MODEL);
    await devices.caughtUp();
    expect((await devices.find('d1'))?.templateId).toBe(TEMPLATE);
    expect((await devices.find('d2'))?.templateId).toBe(TEMPLATE);
    await expect(central.templates.remove(TEMPLATE)).rejects.toMatchObject({ code: 'template.inUse' });
    await expect(devices.patchCloudProperties('d1', { owner: 5 })).rejects.toThrow('"owner" is a text, not 5');
    expect(await devices.patchCloudProperties('d1', { owner: 'ada' })).toEqual({ owner: 'ada' });
  });

  it('knows who was provisioned: registered, though it never connected', async () => {
    const { provisioning } = server;
    for (const deviceId of ['d1', 'd2']) await devices.create(deviceId, {});
    const attempt: Omit<NewAttempt, 'registrationId' | 'outcome' | 'deviceId'> = {
      ...{
        enrollmentKind: 'group',
        enrollmentId: 'g',
        credential: 'symmetricKey',
        transport: 'mqtt',
        remoteAddress: '::1',
      },
      ...{ substatus: null, assignedHub: 'hub.example', code: null, message: null, durationMs: 1 },
    };
    provisioning.attempts.record({ ...attempt, registrationId: 'd1', outcome: 'assigned', deviceId: 'd1' });
    provisioning.attempts.record({ ...attempt, registrationId: 'd2', outcome: 'failed', deviceId: null });
    await devices.caughtUp();
    const provisioned = {
      kind: 'compare',
      field: { kind: 'meta', name: 'provisioned' },
      operator: '=',
      value: true,
    } as const;
    expect(await idsOf(provisioned)).toEqual(['d1']);
    expect(await devices.find('d1')).toMatchObject({ provisioned: true, connected: false, lastSeenTime: 0 });
    await devices.remove('d1');
    expect(await devices.create('d1', {})).toMatchObject({ provisioned: false });
  });

  it('compares itself with the hub when the server did not end in order', async () => {
    const { hub, provisioning, central } = server;
    await createDevice(hub, { deviceId: 'd1' });
    const registration: RegistrationRecord = {
      ...{ registrationId: 'R1', enrollmentKind: 'group', enrollmentId: 'g', status: 'assigned', substatus: null },
      ...{ operationId: 'o', pending: null, hubName: 'hub.example', assignedHub: 'hub.example', deviceId: 'd1' },
      ...{ touched: [], refusal: null, certificate: null, signer: null, issuedCertificateChain: null },
      ...{ tpmAuthenticationKey: null, createdTime: 1, updatedTime: server.clock.now(), etag: 'e1' },
    };
    await provisioning.registrations.save(registration, undefined);
    await patchReported(hub, { deviceId: 'd1' }, { serial: 'a' }, null);
    const options = {
      hub,
      provisioning,
      templates: central.templates,
      onFault: (fault: unknown) => expect.fail(String(fault)),
    };
    const file = `${server.directory}/other.sqlite`;
    const first = await ProjectedDirectory.open({ ...options, file });
    await first.caughtUp();
    expect(await first.find('d1')).toMatchObject({ provisioned: true });
    await first.patchCloudProperties('d1', { owner: 'ada' });
    await first.close();
    await createDevice(hub, { deviceId: 'd2' });
    const second = await ProjectedDirectory.open({ ...options, file });
    await second.caughtUp();
    expect((await second.list({ limit: 9 })).items.map(({ deviceId }) => deviceId)).toEqual(['d1', 'd2']);
    // As after a crash: it is open still.
    await deleteDevice(hub, { deviceId: 'd2' });
    const third = await ProjectedDirectory.open({ ...options, file });
    await third.caughtUp();
    expect((await third.list({ limit: 9 })).items.map(({ deviceId }) => deviceId)).toEqual(['d1']);
    expect(await third.cloudProperties('d1')).toEqual({ owner: 'ada' });
    await Promise.all([second.close(), third.close()]);
  });
});

const ROOM = {
  '@type': ['ModelDefinition', 'DeviceModel'],
  displayName: 'Room',
  capabilityModel: {
    '@context': ['dtmi:iotcentral:context;2', 'dtmi:dtdl:context;2'],
    '@id': MODEL,
    '@type': 'Interface',
    displayName: 'Room',
    contents: [
      { '@type': ['Property', 'Cloud'], name: 'owner', schema: 'string' },
      { '@type': 'Property', name: 'rate', schema: 'integer', writable: true },
    ],
  },
};
