import type { AccessRole } from '@viaduct/contracts';
import { createAccessToken, type Hub } from '@viaduct/hub';
import { startTestServer, type TestServer } from '@viaduct/testkit';
import { Amqp, AmqpWs, Client, Registry } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Access tokens through the SDKs' door for directory tokens: a credential that hands out a bearer token. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function credential(hub: Hub, role: AccessRole) {
  const { token } = await createAccessToken(hub, { name: `${role} ${Math.random()}`, role, createdBy: 'test' });
  // The SDK sets a timer for two thirds of it, which would not fit ninety days.
  return { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
}

describe('azure-iothub · HTTPS · access token', () => {
  it('does what its role says, and no more', async () => {
    const { deviceId } = await server.createDevice();
    const registry = (role: AccessRole) =>
      credential(server.hub, role).then((token) => Registry.fromTokenCredential(server.ready.hostName, token));
    const [contributor, reader, twins, devices] = await Promise.all([
      registry('dataContributor'),
      registry('dataReader'),
      registry('twinContributor'),
      registry('registryContributor'),
    ]);
    await contributor.create({ deviceId: 'by-token' });
    expect((await reader.get('by-token')).responseBody.deviceId).toBe('by-token');
    expect((await reader.getTwin(deviceId)).responseBody.deviceId).toBe(deviceId);
    const refused = { name: 'UnauthorizedError' };
    await expect(reader.delete('by-token')).rejects.toMatchObject(refused);
    await expect(reader.updateTwin(deviceId, { tags: { a: 1 } }, '*')).rejects.toMatchObject(refused);
    expect((await twins.updateTwin(deviceId, { tags: { a: 1 } }, '*')).responseBody.tags).toEqual({ a: 1 });
    await expect(twins.get(deviceId)).rejects.toMatchObject(refused);
    await expect(devices.getTwin(deviceId)).rejects.toMatchObject(refused);
    await devices.delete('by-token');
  });
});

describe.each([
  ['azure-iothub · AMQP · access token', Amqp],
  ['azure-iothub · AMQP over WebSocket · access token', AmqpWs],
] as const)('%s', (_suite, transport) => {
  it('does what its role says, and no more', async () => {
    const { deviceId } = await server.createDevice();
    const open = async (role: AccessRole) => {
      const client = Client.fromTokenCredential(server.ready.hostName, await credential(server.hub, role), transport);
      await client.open();
      return client;
    };
    const client = await open('dataContributor');
    await client.send(deviceId, 'hello');
    expect(await server.hub.commands.depth({ deviceId })).toBe(1);
    await client.close();
    await expect(open('dataReader')).rejects.toMatchObject({ amqpError: { name: 'UnauthorizedError' } });
  });
});
