import { parseSas } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import type { AccessPolicy, RegistryEntry, Right } from '../ports.ts';
import { AuthMethod } from '../record/record.ts';
import { decideServiceAccess } from './authorize-service.ts';
import { decideDeviceAccess } from './decide-device-access.ts';
import { signSas } from './sas-signature.ts';

const KEY = Buffer.from('a'.repeat(32)).toString('base64');
const OTHER_KEY = Buffer.from('b'.repeat(32)).toString('base64');
const HOUR = 3_600_000;
const now = Date.UTC(2030, 0, 1);
const hostNames = ['hub.local', '127.0.0.1'];
const inAnHour = (now + HOUR) / 1000;

const entry: RegistryEntry = {
  deviceId: 'd1',
  generationId: '1',
  etag: 'e',
  status: 'enabled',
  statusReason: null,
  statusUpdatedTime: 0,
  createdTime: 0,
  authentication: {
    type: 'sas',
    symmetricKey: { primaryKey: KEY, secondaryKey: OTHER_KEY },
    x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
  },
  capabilities: { iotEdge: false },
  deviceScope: null,
  parentScopes: [],
  modelId: null,
};
const policy = (...rights: Right[]): AccessPolicy => ({
  name: 'p',
  primaryKey: KEY,
  secondaryKey: OTHER_KEY,
  rights: new Set(rights),
});

function decide(token: string, facts: Partial<Parameters<typeof decideDeviceAccess>[0]> = {}) {
  return decideDeviceAccess({
    identity: { deviceId: 'd1' },
    credential: { kind: 'sas', token: parseSas(token) },
    entry,
    policy: undefined,
    authorities: [],
    hostNames,
    now,
    ...facts,
  });
}

describe('decideDeviceAccess', () => {
  it('lets a device in with either of its keys, for as long as the token lasts', () => {
    for (const key of [KEY, OTHER_KEY]) {
      expect(decide(signSas('hub.local/devices/d1', key, inAnHour))).toEqual({
        authMethod: AuthMethod.deviceKey,
        expiresAt: now + HOUR,
      });
    }
  });

  it('takes the host in any case, with a port, and under its device alias', () => {
    for (const host of ['HUB.local', 'hub.local:8883', 'hub.device.local', '127.0.0.1']) {
      expect(decide(signSas(`${host}/devices/d1`, KEY, inAnHour)).authMethod, host).toBe(AuthMethod.deviceKey);
    }
  });

  const REFUSED = [
    [
      'another key',
      () => decide(signSas('hub.local/devices/d1', Buffer.from('c'.repeat(32)).toString('base64'), inAnHour)),
      'credential.signatureMismatch',
    ],
    ['an expired token', () => decide(signSas('hub.local/devices/d1', KEY, now / 1000 - 7_200)), 'credential.expired'],
    [
      'a token of the second in which it ends',
      () => decide(signSas('hub.local/devices/d1', KEY, now / 1000)),
      'credential.expired',
    ],
    [
      "another device's token",
      () => decide(signSas('hub.local/devices/d2', KEY, inAnHour)),
      'credential.wrongResource',
    ],
    [
      'a device whose id merely begins alike',
      () => decide(signSas('hub.local/devices/d', KEY, inAnHour)),
      'credential.wrongResource',
    ],
    ["another hub's token", () => decide(signSas('other.local/devices/d1', KEY, inAnHour)), 'credential.wrongResource'],
    [
      'an unknown device',
      () => decide(signSas('hub.local/devices/d1', KEY, inAnHour), { entry: undefined }),
      'device.notFound',
    ],
    [
      'a disabled device',
      () => decide(signSas('hub.local/devices/d1', KEY, inAnHour), { entry: { ...entry, status: 'disabled' } }),
      'device.disabled',
    ],
    ['an unknown policy', () => decide(signSas('hub.local', KEY, inAnHour, 'p')), 'credential.unknownPolicy'],
    [
      'a policy without DeviceConnect',
      () => decide(signSas('hub.local', KEY, inAnHour, 'p'), { policy: policy('ServiceConnect') }),
      'credential.insufficientRights',
    ],
    [
      'nothing at all',
      () =>
        decideDeviceAccess({
          identity: { deviceId: 'd1' },
          credential: { kind: 'none' },
          entry,
          policy: undefined,
          authorities: [],
          hostNames,
          now,
        }),
      'credential.missing',
    ],
  ] as const;
  it.each(REFUSED)('refuses %s', (_what, attempt, code) => {
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });

  it('says how late an expired token is', () => {
    expect(() => decide(signSas('hub.local/devices/d1', KEY, now / 1000 - 7_200))).toThrow('expired 2 h ago');
  });

  it('lets a policy with DeviceConnect speak for any device', () => {
    expect(decide(signSas('hub.local', KEY, inAnHour, 'p'), { policy: policy('DeviceConnect') }).authMethod).toBe(
      AuthMethod.policyKey,
    );
  });
});

describe('decideServiceAccess', () => {
  it('accepts the Event Hubs reading of the same key', () => {
    // Vector of /reference: UTF-8 text of the key as HMAC key.
    const token = parseSas(
      'SharedAccessSignature sr=sb%3A%2F%2Fmyns.servicebus.windows.net%2Fmyhub&sig=AY4fmaygPHiudUGZTyBVIoJs1vTDbArXTApSdm9Gncs%3D&se=1893456000&skn=iothubowner',
    );
    const owner: AccessPolicy = {
      ...policy('ServiceConnect'),
      name: 'iothubowner',
      primaryKey: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    };
    const claim = { resource: 'myns.servicebus.windows.net/myhub', right: 'ServiceConnect' as const };
    expect(() =>
      decideServiceAccess(token, owner, claim, ['myns.servicebus.windows.net'], Date.UTC(2029, 0)),
    ).not.toThrow();
    expect(() =>
      decideServiceAccess(
        token,
        { ...owner, rights: new Set() },
        claim,
        ['myns.servicebus.windows.net'],
        Date.UTC(2029, 0),
      ),
    ).toThrow(expect.objectContaining({ code: 'credential.insufficientRights' }));
  });
});
