import { createHmac } from 'node:crypto';
import { formatSas, sasSignedText } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { signSas } from '../../core/access/sas-signature.ts';
import type { AccessPolicy } from '../../core/ports.ts';
import { AccessClaims, claimByPassword, claimByToken } from './access-claims.ts';

const KEY = Buffer.from('a key of thirty-two bytes, indeed').toString('base64');
const NOW = Date.UTC(2030, 0, 1);
const LATER = NOW / 1_000 + 3_600;
const policies: AccessPolicy[] = [
  { name: 'service', primaryKey: KEY, secondaryKey: '', rights: new Set(['ServiceConnect']) },
  { name: 'device', primaryKey: KEY, secondaryKey: '', rights: new Set(['DeviceConnect']) },
];
const hub = {
  hostNames: ['hub.example.net'],
  clock: { now: () => NOW },
  policies: {
    find: async (name: string) => policies.find((policy) => policy.name === name),
    list: async () => policies,
    insertMissing: async () => undefined,
  },
};

/** As Event Hubs clients sign: the key's text is the key. */
function eventHubsToken(resource: string): string {
  const signature = createHmac('sha256', KEY).update(sasSignedText(resource, LATER)).digest('base64');
  return formatSas(resource, signature, LATER, 'service');
}

const byToken = (token: string) => claimByToken(hub, 'Events', token);
const byPassword = (user: string, password: string) => claimByPassword(hub, 'Events', user, password);

describe('claimByToken', () => {
  it('takes tokens of IoT clients for the hub, and of Event Hubs clients for the events', async () => {
    expect(await byToken(signSas('hub.example.net', KEY, LATER, 'service'))).toMatchObject({ path: '' });
    for (const path of ['', '/$management', '/ConsumerGroups/$Default/Partitions/0']) {
      expect(await byToken(eventHubsToken(`sb://HUB.example.net/events${path}`))).toMatchObject({
        path: 'messages/events',
        expiresAt: LATER * 1_000,
      });
    }
  });

  it.each([
    ['credential.malformed', 'eyJhbGciOi.directory.token'],
    ['credential.wrongResource', signSas('other.example.net', KEY, LATER, 'service')],
    ['credential.signatureMismatch', signSas('hub.example.net', 'AAAA', LATER, 'service')],
    ['credential.expired', signSas('hub.example.net', KEY, NOW / 1_000 - 1, 'service')],
    ['credential.unknownPolicy', signSas('hub.example.net', KEY, LATER, 'nobody')],
    ['credential.insufficientRights', signSas('hub.example.net', KEY, LATER, 'device')],
    ['link.notSupported', signSas('hub.example.net/devices/d1', KEY, LATER)],
  ])('refuses with %s', async (code, token) => {
    await expect(byToken(token)).rejects.toMatchObject({ code });
  });
});

describe('claimByPassword', () => {
  it('takes a policy with a token or with its key', async () => {
    const token = signSas('hub.example.net', KEY, LATER, 'service');
    expect(await byPassword('service@sas.root.hub', token)).toMatchObject({ expiresAt: LATER * 1_000 });
    expect(await byPassword('service@root.hub', KEY)).toMatchObject({ expiresAt: Number.POSITIVE_INFINITY });
    expect(await byPassword('service', KEY)).toMatchObject({ policy: 'service' });
  });

  it.each([
    ['credential.signatureMismatch', 'service', 'AAAA'],
    ['credential.signatureMismatch', 'service', ''],
    ['credential.unknownPolicy', 'nobody@root.hub', KEY],
    ['credential.insufficientRights', 'device@root.hub', KEY],
    ['credential.malformed', '', KEY],
    ['link.notSupported', 'd1@sas.hub', KEY],
    ['link.notSupported', 'd1/modules/m1@hub', KEY],
  ])('refuses with %s', async (code, user, password) => {
    await expect(byPassword(user, password)).rejects.toMatchObject({ code });
  });
});

describe('AccessClaims', () => {
  const claim = (path: string, expiresAt: number) => ({ policy: 'service', path, expiresAt });

  it('covers what lies below a claim, and what is narrower only within', () => {
    const claims = new AccessClaims();
    claims.add(claim('messages/events', LATER));
    expect(claims.require('messages/events', NOW / 1_000)).toBeDefined();
    expect(() => claims.require('messages/devicebound', 0)).toThrow(/no token on this connection/);
    claims.add(claim('', LATER));
    expect(claims.require('messages/devicebound', 0)).toBeDefined();
  });

  it('lets a renewed token take the place of the old one, never an older one', () => {
    const claims = new AccessClaims();
    claims.add(claim('', 100));
    expect(() => claims.require('messages/events', 100)).toThrow(/ran out/);
    claims.add(claim('', 200));
    claims.add(claim('', 150));
    expect(claims.require('messages/events', 199)).toMatchObject({ expiresAt: 200 });
    expect(claims.nextExpiry(100)).toBe(200);
  });

  it('is nothing without a token', () => {
    expect(() => new AccessClaims().require('messages/events', 0)).toThrow(/no token was put/);
  });
});
