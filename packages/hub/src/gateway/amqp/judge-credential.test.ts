import { createHmac } from 'node:crypto';
import { formatSas, HubError, sasSignedText } from '@viaduct/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccessToken } from '../../core/access/access-token.ts';
import { signSas } from '../../core/access/sas-signature.ts';
import { createDevice } from '../../core/registry/create-device.ts';
import { updateDevice } from '../../core/registry/update-device.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { type AmqpCredentials, claimByPassword, claimByToken, claimedIdentity } from './judge-credential.ts';

const KEY = Buffer.from('a key of thirty-two bytes, indeed').toString('base64');
const OTHER_KEY = Buffer.from('another key of thirty-two bytes!').toString('base64');
const HOST = 'myhub.example.net';
const NEVER = 999_999_999_999_000;
const odd = 'a%b@c';

let hub: TemporaryHub;
let context: AmqpCredentials;
let later: number;

beforeAll(async () => {
  hub = await temporaryHub();
  context = { hub, eventHubName: 'Events' };
  later = hub.clock.now() / 1_000 + 3_600;
  await hub.policies.insertMissing([
    { name: 'service', primaryKey: KEY, secondaryKey: '', rights: new Set(['ServiceConnect'] as const) },
    { name: 'device', primaryKey: KEY, secondaryKey: '', rights: new Set(['DeviceConnect'] as const) },
    { name: 'both', primaryKey: KEY, secondaryKey: '', rights: new Set(['ServiceConnect', 'DeviceConnect'] as const) },
    { name: 'registry', primaryKey: KEY, secondaryKey: '', rights: new Set(['RegistryRead'] as const) },
  ]);
  const authentication = { symmetricKey: { primaryKey: OTHER_KEY, secondaryKey: KEY } };
  for (const deviceId of ['d1', odd, 'off']) await createDevice(hub, { deviceId }, { authentication });
  await createDevice(hub, { deviceId: 'd1', moduleId: 'm1' }, { authentication });
  await updateDevice(hub, { deviceId: 'off' }, { status: 'disabled' }, '*');
});

afterAll(() => hub.close());

const token = (path: string, policy?: string, key = KEY, expires = later) =>
  signSas(path === '' ? HOST : `${HOST}/${path}`, key, expires, policy);

/** As Event Hubs clients sign: the key's text is the key. */
function eventHubsToken(resource: string): string {
  const signature = createHmac('sha256', KEY).update(sasSignedText(resource, later)).digest('base64');
  return formatSas(resource, signature, later, 'service');
}

async function codeOf(judged: Promise<unknown>): Promise<string> {
  const thrown = await judged.then(
    () => 'nothing',
    (error: unknown) => error,
  );
  return thrown instanceof HubError ? thrown.code : String(thrown);
}

describe('claimByToken', () => {
  it('takes an access token of the widest role, for an hour at most', async () => {
    const make = (name: string, role: 'dataContributor' | 'dataReader') =>
      createAccessToken(hub, { name, role, createdBy: 'policy both' });
    const { token: wide } = await make('wide', 'dataContributor');
    const claim = await claimByToken(context, wide);
    expect(claim).toMatchObject({ policy: 'access token wide', path: '', mayServe: true, mayBeDevice: false });
    expect(claim.expiresAt - hub.clock.now()).toBe(3_600_000);
    const { token: narrow } = await make('narrow', 'dataReader');
    expect(await codeOf(claimByToken(context, narrow))).toBe('credential.insufficientRights');
    expect(await codeOf(claimByToken(context, `vdt_${'x'.repeat(43)}`))).toBe('credential.unknownToken');
  });

  it('takes tokens of IoT clients for the hub, and of Event Hubs clients for the events', async () => {
    expect(await claimByToken(context, token('', 'service'))).toMatchObject({ path: '', mayServe: true });
    for (const path of ['', '/$management', '/ConsumerGroups/$Default/Partitions/0']) {
      expect(await claimByToken(context, eventHubsToken(`sb://${HOST.toUpperCase()}/events${path}`))).toMatchObject({
        path: 'messages/events',
        expiresAt: later * 1_000,
      });
    }
  });

  it('notes what a policy grants, and leaves the judgement to the links', async () => {
    expect(await claimByToken(context, token('', 'device'))).toMatchObject({ mayServe: false, mayBeDevice: true });
    expect(await claimByToken(context, token('', 'both'))).toMatchObject({ mayServe: true, mayBeDevice: true });
    expect(await claimByToken(context, token('devices/d1', 'device'))).toMatchObject({ path: 'devices/d1' });
  });

  it("takes a device's own token and a module's, whatever key of the two signed it", async () => {
    const own = { mayServe: false, mayBeDevice: true, expiresAt: later * 1_000 };
    expect(await claimByToken(context, token('devices/d1'))).toMatchObject({ ...own, path: 'devices/d1' });
    expect(await claimByToken(context, token('devices/d1', undefined, OTHER_KEY))).toMatchObject(own);
    expect(await claimByToken(context, token('devices/d1/modules/m1'))).toMatchObject({
      path: 'devices/d1/modules/m1',
    });
    expect(await claimByToken(context, token(`devices/${encodeURIComponent(odd)}`))).toMatchObject({
      path: `devices/${odd}`,
    });
  });

  it.each([
    ['credential.malformed', () => 'eyJhbGciOi.directory.token'],
    ['credential.wrongResource', () => signSas('other.example.net', KEY, later, 'service')],
    ['credential.wrongResource', () => signSas('other.example.net/devices/d1', KEY, later)],
    ['credential.signatureMismatch', () => token('', 'service', 'AAAA')],
    ['credential.signatureMismatch', () => token('devices/d1', undefined, 'AAAA')],
    ['credential.expired', () => token('', 'service', KEY, later - 3_601)],
    ['credential.expired', () => token('devices/d1', undefined, KEY, later - 3_601)],
    ['credential.unknownPolicy', () => token('', 'nobody')],
    ['credential.insufficientRights', () => token('', 'registry')],
    ['credential.insufficientRights', () => token('messages/events')],
    ['device.notFound', () => token('devices/nobody')],
    ['module.notFound', () => token('devices/d1/modules/m2')],
    ['device.disabled', () => token('devices/off')],
  ])('refuses with %s', async (code, text) => {
    expect(await codeOf(claimByToken(context, text()))).toBe(code);
  });
});

describe('claimByPassword', () => {
  it('takes a policy with a token or with its key', async () => {
    expect(await claimByPassword(context, 'service@sas.root.hub', token('', 'service'))).toMatchObject({ path: '' });
    expect(await claimByPassword(context, 'service@root.hub', KEY)).toMatchObject({ expiresAt: NEVER });
    expect(await claimByPassword(context, 'service', KEY)).toMatchObject({ policy: 'service' });
  });

  it.each([
    ['d1@sas.myhub', () => token('devices/d1'), 'devices/d1'],
    ['d1@sas.myhub', () => token('', 'device'), 'devices/d1'],
    ['d1@myhub', () => KEY, 'devices/d1'],
    ['d1/modules/m1@sas.myhub', () => token('devices/d1/modules/m1'), 'devices/d1/modules/m1'],
    ['d1/modules/m1@myhub', () => OTHER_KEY, 'devices/d1/modules/m1'],
    ['a%25b%40c@sas.myhub', () => token(`devices/${encodeURIComponent(odd)}`), `devices/${odd}`],
    ['a%25b@c@myhub', () => KEY, `devices/${odd}`],
  ])('takes %s', async (user, password, path) => {
    expect(await claimByPassword(context, user, password())).toMatchObject({
      path,
      mayServe: false,
      mayBeDevice: true,
    });
  });

  it.each([
    ['credential.signatureMismatch', 'service', () => 'AAAA'],
    ['credential.signatureMismatch', 'service', () => ''],
    ['credential.unknownPolicy', 'nobody@root.hub', () => KEY],
    ['credential.malformed', '', () => KEY],
    ['credential.malformed', '@sas.root.hub', () => KEY],
    ['credential.malformed', 'd1/m1@hub', () => KEY],
    ['credential.signatureMismatch', 'd1@hub', () => 'AAAA'],
    ['credential.signatureMismatch', 'd1@hub', () => ''],
    ['credential.wrongResource', 'd1@sas.hub', () => token('devices/d2')],
    ['device.notFound', 'nobody@hub', () => KEY],
    ['device.disabled', 'off@hub', () => KEY],
  ])('refuses with %s', async (code, user, password) => {
    expect(await codeOf(claimByPassword(context, user, password()))).toBe(code);
  });
});

describe('claimedIdentity', () => {
  it('names whom a credential speaks for before it is judged', () => {
    expect(claimedIdentity({ token: token('devices/d1/modules/m1') })).toEqual({ deviceId: 'd1', moduleId: 'm1' });
    expect(claimedIdentity({ token: token('', 'service') })).toBeUndefined();
    expect(claimedIdentity({ token: 'gibberish' })).toBeUndefined();
    expect(claimedIdentity({ userName: 'd1@sas.hub' })).toEqual({ deviceId: 'd1' });
    expect(claimedIdentity({ userName: 'service@sas.root.hub' })).toBeUndefined();
  });
});
