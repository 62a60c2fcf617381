import { HubError } from '@viaduct/contracts';
import { openCertificates } from '@viaduct/server';
import { issueCertificate, nextLoopbackAddress, until } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signSas } from '../../../core/access/sas-signature.ts';
import { createDevice } from '../../../core/registry/create-device.ts';
import { deleteDevice } from '../../../core/registry/delete-device.ts';
import { updateDevice } from '../../../core/registry/update-device.ts';
import { RecordingSession } from '../../../temporary-hub.ts';
import { type DeviceTestServer, type KnownDevice, startDeviceTestServer } from './device-test-server.ts';
import { RheaPeer, sent } from './rhea-peer.ts';

const UNAUTHORIZED = 'amqp:unauthorized-access';
const POLICY_KEY = Buffer.from('a key of thirty-two bytes, indeed').toString('base64');

let server: DeviceTestServer;

beforeAll(async () => {
  server = await startDeviceTestServer(nextLoopbackAddress(), openCertificates);
});

afterAll(async () => {
  expect(server.faults).toEqual([]);
  await server.close();
});

const events = ({ deviceId }: KnownDevice) => `/devices/${encodeURIComponent(deviceId)}/messages/events`;

async function withPeer(options: object, use: (peer: RheaPeer) => Promise<void>): Promise<void> {
  const peer = new RheaPeer(server, options);
  try {
    await use(peer);
  } finally {
    peer.close();
  }
}

describe('who may speak for a device', () => {
  it('is nobody without a token', async () => {
    const device = await server.device('alone');
    await withPeer({}, async (peer) => {
      await expect(peer.sender(events(device))).rejects.toThrow(UNAUTHORIZED);
      expect(server.refusals.at(-1)).toMatchObject({ code: 'credential.missing', deviceId: 'alone' });
    });
  });

  it("is not who holds another device's token, and the connection goes on", async () => {
    const [one, other] = [await server.device('one'), await server.device('other')];
    await withPeer({}, async (peer) => {
      expect(await peer.putToken(peer.tokenOf(one))).toBe(200);
      await expect(peer.sender(events(other))).rejects.toThrow(UNAUTHORIZED);
      expect(await sent(await peer.sender(events(one)), { body: 'x' })).toMatchObject({ outcome: 'accepted' });
    });
  });

  it('hears no more of an unknown device than of a wrong key; the operator hears both', async () => {
    const device = await server.device('known');
    await withPeer({}, async (peer) => {
      const key = Buffer.from('wrong').toString('base64');
      expect(await peer.putToken(peer.tokenOf({ ...device, key }))).toBe(401);
      expect(await peer.putToken(peer.tokenOf({ ...device, deviceId: 'unknown' }))).toBe(401);
      expect(server.refusals.slice(-2)).toMatchObject([
        { code: 'credential.signatureMismatch', deviceId: 'known' },
        { code: 'device.notFound', deviceId: 'unknown' },
      ]);
    });
  });

  it.each([
    ['a policy that may', 'device', undefined],
    ['a policy that may only serve', 'service', UNAUTHORIZED],
  ])('is %s', async (_, policy, condition) => {
    const device = await server.device(`under ${policy}`.replace(' ', '_'));
    await withPeer({}, async (peer) => {
      const later = Math.floor(Date.now() / 1_000) + 60;
      expect(await peer.putToken(signSas(server.address, POLICY_KEY, later, policy))).toBe(200);
      const sender = peer.sender(events(device));
      if (condition === undefined) expect((await sender).is_open()).toBe(true);
      else await expect(sender).rejects.toThrow(condition);
    });
  });

  it.each([
    ['{d}@sas.{hub} with a token', (d: string) => `${d}@sas.hub`, true],
    ['{d}@{hub} with the key', (d: string) => `${d}@hub`, false],
  ])('may be told by SASL PLAIN as %s', async (_, userOf, byToken) => {
    const device = await server.device(byToken ? 'plain%token' : 'plain@key');
    const username = userOf(encodeURIComponent(device.deviceId));
    const later = Math.floor(Date.now() / 1_000) + 60;
    const resource = `${server.address}/devices/${device.deviceId}`;
    const password = byToken ? signSas(resource, device.key, later) : device.key;
    await withPeer({ username, password }, async (peer) => {
      expect(await sent(await peer.sender(events(device)), { body: 'x' })).toMatchObject({ outcome: 'accepted' });
    });
  });

  it('is who holds the registered certificate, with SASL EXTERNAL, ANONYMOUS or none', async () => {
    const [mine, others] = await Promise.all([
      issueCertificate({ commonName: 'mine' }),
      issueCertificate({ commonName: 'others' }),
    ]);
    const x509Thumbprint = { primaryThumbprint: mine.certificate.fingerprint.replaceAll(':', '') };
    await createDevice(server.hub, { deviceId: 'certified' }, { authentication: { x509Thumbprint } });
    const device = { deviceId: 'certified', key: '', connectionString: '' };
    for (const sasl of [{}, { username: 'anonymous' }, { enable_sasl_external: true }]) {
      await withPeer({ cert: mine.pem, key: mine.keyPem, ...sasl }, async (peer) => {
        expect(await sent(await peer.sender(events(device)), { body: 'x' })).toMatchObject({ outcome: 'accepted' });
      });
    }
    await withPeer({ cert: others.pem, key: others.keyPem }, async (peer) => {
      await expect(peer.sender(events(device))).rejects.toThrow(UNAUTHORIZED);
      expect(server.refusals.at(-1)).toMatchObject({ code: 'credential.certificateMismatch', deviceId: 'certified' });
    });
  });

  it('may come and go by certificate as often as it likes', async () => {
    const mine = await issueCertificate({ commonName: 'mine' });
    const x509Thumbprint = { primaryThumbprint: mine.certificate.fingerprint.replaceAll(':', '') };
    await createDevice(server.hub, { deviceId: 'restless' }, { authentication: { x509Thumbprint } });
    await withPeer({ cert: mine.pem, key: mine.keyPem }, async (peer) => {
      for (let i = 0; i < 30; i++) {
        const link = await peer.sender('/devices/restless/messages/events');
        link.close();
        await until(() => server.hub.sessions.find({ deviceId: 'restless' }) === undefined);
      }
    });
  });
});

describe('a connection of one device', () => {
  it.each([
    ['is taken over', 'amqp:link:stolen', (device: KnownDevice) => takeOver(device)],
    [
      'is disabled',
      UNAUTHORIZED,
      (device: KnownDevice) => updateDevice(server.hub, device, { status: 'disabled' }, '*'),
    ],
    ['is deleted', 'amqp:not-found', (device: KnownDevice) => deleteDevice(server.hub, device, '*')],
  ])('ends when it %s, with the reason', async (what, condition, happens) => {
    const device = await server.device(what.replaceAll(' ', '-'));
    await withPeer({}, async (peer) => {
      await peer.putToken(peer.tokenOf(device));
      const link = await peer.sender(events(device));
      await happens(device);
      await until(() => peer.connection.is_closed());
      expect(link.error).toMatchObject({ condition });
      expect(server.hub.sessions.find(device)?.transport).not.toBe('amqp');
    });
  });

  it('takes over from MQTT, and is told of as lost when its socket breaks', async () => {
    const device = await server.device('mover');
    const reasons: (string | undefined)[] = [];
    const stop = server.hub.sessions.onPresence(
      ({ identity, connected, reason }) => identity.deviceId === 'mover' && !connected && reasons.push(reason?.code),
    );
    const older = new RecordingSession({ deviceId: 'mover' }, Date.now());
    server.hub.sessions.enter(older);
    await withPeer({}, async (peer) => {
      await peer.putToken(peer.tokenOf(device));
      await peer.sender(events(device));
      expect(older.closedWith).toMatchObject({ code: 'connection.replaced' });
    });
    await until(() => reasons.length === 2);
    await withPeer({}, async (peer) => {
      await peer.putToken(peer.tokenOf(device));
      await peer.sender(events(device));
      server.cutConnections();
      await until(() => reasons.length === 3);
    });
    expect(reasons).toEqual(['connection.replaced', undefined, 'connection.lost']);
    stop();
  });

  it('ends when its token runs out, unless it was renewed', async () => {
    const device = await server.device('short');
    await withPeer({}, async (peer) => {
      await peer.putToken(peer.tokenOf(device, 3));
      const link = await peer.sender(events(device));
      const end = Math.floor(Date.now() / 1_000 + 5) * 1_000;
      expect(await peer.putToken(peer.tokenOf(device, 5))).toBe(200);
      await until(() => peer.connection.is_closed(), { timeoutMs: 10_000 });
      expect(Date.now()).toBeGreaterThanOrEqual(end);
      expect(link.error).toMatchObject({ condition: UNAUTHORIZED });
    });
  });
});

describe('a connection of many devices', () => {
  it('lets a device back in whose key was changed, with a token of the new key, even a shorter one', async () => {
    const [device, other] = [await server.device('rekeyed'), await server.device('bystander')];
    await withPeer({}, async (peer) => {
      await peer.putToken(peer.tokenOf(other));
      await peer.putToken(peer.tokenOf(device));
      await peer.sender(events(device));
      const key = Buffer.from('a new key of thirty-two bytes, ok').toString('base64');
      const symmetricKey = { primaryKey: key, secondaryKey: key };
      await updateDevice(server.hub, device, { authentication: { type: 'sas', symmetricKey } }, '*');
      server.hub.sessions.find(device)?.close(new HubError('connection.replaced', 'as whoever changes keys may do'));
      await expect(peer.sender(events(device))).rejects.toThrow(UNAUTHORIZED);
      expect(await peer.putToken(peer.tokenOf({ ...device, key }, 600))).toBe(200);
      expect(await sent(await peer.sender(events(device)), { body: 'x' })).toMatchObject({ outcome: 'accepted' });
    });
  });

  it('carries a thousand with a token each, and what befalls one does not befall the others', async () => {
    const devices: KnownDevice[] = [];
    for (let i = 0; i < 1_000; i++) devices.push(await server.device(`fleet-${i}`));
    await withPeer({}, async (peer) => {
      const statuses = await Promise.all(devices.map((device) => peer.putToken(peer.tokenOf(device))));
      expect(new Set(statuses)).toEqual(new Set([200]));
      const links = await Promise.all(
        devices.map(async (device) => {
          // As C# does: a session of its own for every device, and the same link names in each.
          const session = peer.connection.create_session();
          session.begin();
          const link = await peer.sender(events(device), { name: 'TelemetrySenderLink' }, session);
          await sent(link, { body: device.deviceId });
          return link;
        }),
      );
      expect([...server.hub.sessions].filter(({ transport }) => transport === 'amqp')).toHaveLength(1_000);
      for (const device of devices.slice(-20)) {
        const records = await server.telemetryOf(device);
        expect(records.map(({ body }) => body.toString())).toEqual([device.deviceId]);
      }

      const [first, second, third] = devices as [KnownDevice, KnownDevice, KnownDevice];
      takeOver(first);
      await updateDevice(server.hub, second, { status: 'disabled' }, '*');
      server.hub.sessions.find(third)?.close(new HubError('connection.tokenExpired', 'the token ran out'));
      await until(() => links.slice(0, 3).every((link) => !link.is_open()));
      await expect(peer.sender(events(second))).rejects.toThrow(UNAUTHORIZED);
      expect(peer.connection.is_open()).toBe(true);
      expect(await sent(links[3] as (typeof links)[0], { body: 'still here' })).toMatchObject({ outcome: 'accepted' });
      expect(links.slice(3).every((link) => link.is_open())).toBe(true);
    });
    await until(() => [...server.hub.sessions].every(({ transport }) => transport !== 'amqp'));
  }, 120_000);

  it('has room for all kinds of links of each on shared sessions', async () => {
    const device = await server.device('full');
    await withPeer({}, async (peer) => {
      await peer.putToken(peer.tokenOf(device));
      const base = '/devices/full';
      await peer.sender(`${base}/messages/events`);
      await peer.receiver(`${base}/messages/devicebound`);
      for (const kind of ['methods/devicebound', 'twin']) {
        await peer.sender(`${base}/${kind}`);
        await peer.receiver(`${base}/${kind}`);
      }
      expect(server.hub.sessions.find(device)).toMatchObject({ listensForMethods: true });
      await expect(peer.receiver(`${base}/messages/events`)).rejects.toThrow('amqp:not-found');
      await expect(peer.receiver(`${base}/nowhere`)).rejects.toThrow('amqp:not-found');
      expect(server.hub.sessions.find(device)).toBeDefined();
    });
  });
});

function takeOver({ deviceId }: KnownDevice): void {
  server.hub.sessions.enter(new RecordingSession({ deviceId }, Date.now()));
}
