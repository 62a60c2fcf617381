import { randomBytes } from 'node:crypto';
import { until } from '@viaduct/testkit';
import { Message } from 'azure-iot-common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Conformance, startConformance } from './sdk/conformance.ts';
import { notSupported } from './sdk/not-supported.ts';
import type { SdkIdentity } from './sdk/sdk-identity.ts';
import { ALL, CONNECTED, suites, type TransportName } from './sdk/transports.ts';

/** Who may come in, who must leave, and that each identity has one connection; with the unmodified clients. */
let hub: Conformance;
beforeAll(async () => {
  hub = await startConformance();
});
afterAll(() => hub.close());

const UNAUTHORIZED = { name: 'UnauthorizedError' };

/** Opening is enough where there is a connection; over HTTPS the first request tells. */
async function tryIn(device: SdkIdentity, transport: TransportName): Promise<void> {
  const client = await device.unopenedDevice(transport);
  await client.open();
  await client.sendEvent(new Message('may I'));
}

const sessionOf = (device: SdkIdentity) => hub.server.hub.sessions.find(device.identity);

async function untilGone(device: SdkIdentity): Promise<void> {
  await until(() => sessionOf(device) === undefined, { what: 'the end of the connection' });
}

async function refusalsOf(device: SdkIdentity): Promise<string[]> {
  return (await hub.server.hub.refusals.list(device.deviceId)).map(({ code }) => code);
}

/** With the keys it has: of an update without any, the client makes one that asks for new ones. */
async function setStatus({ deviceId }: SdkIdentity, status: 'enabled' | 'disabled'): Promise<void> {
  const { responseBody } = await hub.registry.get(deviceId);
  await hub.registry.update({ ...responseBody, status });
}

/** Connected where there is a connection, and heard in any case. */
async function connected(transport: TransportName): Promise<SdkIdentity> {
  const device = await hub.newDevice();
  await tryIn(device, transport);
  if (transport !== 'https') expect(sessionOf(device)?.transport).toBe(transport);
  return device;
}

describe.each(suites(ALL))('%s', (_suite, transport) => {
  it('connection: refused with a wrong key, and the operator is told why', async () => {
    const device = await hub.newDevice();
    const wrong = randomBytes(32).toString('base64');
    await hub.registry.update({
      deviceId: device.deviceId,
      authentication: { symmetricKey: { primaryKey: wrong, secondaryKey: wrong } },
    });
    await expect(tryIn(device, transport)).rejects.toMatchObject(UNAUTHORIZED);
    expect(await refusalsOf(device)).toContain('credential.signatureMismatch');
  });

  it('connection: disabling the device ends it, and lets it in again when enabled', async () => {
    const device = await connected(transport);
    await setStatus(device, 'disabled');
    await untilGone(device);
    await device.close();
    // Over HTTPS it is 403, which this client takes for a quota.
    await expect(tryIn(device, transport)).rejects.toThrow();
    expect(await refusalsOf(device)).toContain('device.disabled');
    await setStatus(device, 'enabled');
    await tryIn(device, transport);
  });

  it('connection: deleting the device ends it', async () => {
    const device = await connected(transport);
    await hub.registry.delete(device.deviceId);
    await untilGone(device);
    await device.close();
    await expect(tryIn(device, transport)).rejects.toThrow();
    expect(await refusalsOf(device)).toContain('device.notFound');
  });

  it('connection: changing the keys ends it', async () => {
    const device = await connected(transport);
    const [primaryKey, secondaryKey] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
    await hub.registry.update({
      deviceId: device.deviceId,
      authentication: { symmetricKey: { primaryKey, secondaryKey } },
    });
    await untilGone(device);
    await device.close();
    await expect(tryIn(device, transport)).rejects.toMatchObject(UNAUTHORIZED);
  });

  it('connection: the registry tells that the device is, and was, connected', async () => {
    const device = await connected(transport);
    const seen = async () =>
      (await hub.registry.get(device.deviceId)).responseBody as { connectionState?: string; lastActivityTime?: string };
    if (transport !== 'https') {
      await until(async () => (await seen()).connectionState === 'Connected', { what: 'Connected' });
    }
    await device.close();
    await until(
      async () => {
        const { connectionState, lastActivityTime } = await seen();
        return connectionState === 'Disconnected' && !lastActivityTime?.startsWith('0001');
      },
      { what: 'Disconnected, with a last activity' },
    );
  });
});

// Every pair: whoever comes later has the identity, whatever the older one came by.
describe.each(suites(CONNECTED))('%s', (_suite, transport) => {
  it('connection: a newer one of the same device takes over, whatever the older one came by', async () => {
    for (const older of CONNECTED) {
      const device = await hub.newDevice();
      const first = await device.device(older);
      const lost = new Promise<void>((resolve) => first.on('disconnect', () => resolve()));
      // A client that only opened may not have shown itself to the hub yet.
      await first.sendEvent(new Message('first'));
      const second = await device.device(transport);
      await second.sendEvent(new Message('second'));
      await lost;
      expect(sessionOf(device)?.transport).toBe(transport);
      const [refusal] = await hub.server.hub.refusals.list(device.deviceId);
      expect(refusal).toBeUndefined();
    }
  });
});

describe.each(suites(['https']))('%s', (_suite, transport) => {
  it('connection: a newer one of the same device takes over, whatever the older one came by', async (context) => {
    notSupported(context, 'the protocol');
    const device = await connected(transport);
    expect(sessionOf(device)).toBeUndefined();
  });
});
