import { until } from '@viaduct/testkit';
import { Message } from 'azure-iot-common';
import type { Client, ModuleClient, Twin } from 'azure-iot-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from './sdk/certificates.ts';
import { type Conformance, startConformance } from './sdk/conformance.ts';
import { notSupported } from './sdk/not-supported.ts';
import { CREDENTIALS, type CredentialName, type SdkIdentity } from './sdk/sdk-identity.ts';
import { ALL, CONNECTED, suites } from './sdk/transports.ts';

/** Every credential on every transport, with the unmodified client: in, telemetry, a command, and where there are any a method and the twin. */
let hub: Conformance;
beforeAll(async () => {
  hub = await startConformance();
});
afterAll(() => hub.close());

/** How the reader is told that the sender proved who it is. */
const AUTH_METHOD: Readonly<Record<CredentialName, { scope: string; type: string }>> = {
  'symmetric key': { scope: 'device', type: 'sas' },
  'shared access signature': { scope: 'device', type: 'sas' },
  'hub policy key': { scope: 'hub', type: 'sas' },
  'certificate by SHA-1': { scope: 'device', type: 'x509' },
  'certificate by SHA-256': { scope: 'device', type: 'x509' },
  'certificate of an authority': { scope: 'device', type: 'x509Ca' },
};

async function sendsTelemetry(client: Client | ModuleClient, sdk: SdkIdentity, credential: CredentialName) {
  await client.sendEvent(new Message('{"by":"credential"}'));
  const { systemProperties } = await hub.tap.firstOf(sdk.identity);
  const authMethod = JSON.parse(String(systemProperties?.['iothub-connection-auth-method'])) as unknown;
  expect(authMethod).toMatchObject(AUTH_METHOD[credential]);
}

async function reports(client: Client | ModuleClient): Promise<Twin> {
  const twin = (await client.getTwin()) as Twin;
  await new Promise<void>((resolve, reject) => {
    twin.properties.reported.update({ on: true }, (error: Error | undefined) => (error ? reject(error) : resolve()));
  });
  return twin;
}

const answer = (_request: unknown, response: { send(status: number, payload: unknown): unknown }) =>
  void response.send(200, 'yes');
const CALL = { methodName: 'ask', payload: null, connectTimeoutInSeconds: 10, responseTimeoutInSeconds: 15 };

// The symmetric key is what all other suites use.
for (const credential of CREDENTIALS.filter((name) => name !== 'symmetric key')) {
  describe.each(suites(ALL, { credential }))('%s', (_suite, transport) => {
    it('telemetry', async () => {
      const device = await hub.newDevice(credential);
      await sendsTelemetry(await device.device(transport), device, credential);
    });

    it('command', async () => {
      const device = await hub.newDevice(credential);
      const client = await device.device(transport);
      const received: string[] = [];
      client.on('message', (message: Message) => {
        received.push(String(message.getData()));
        void client.complete(message);
      });
      await hub.service.send(device.deviceId, 'hello');
      await until(() => received.length > 0, { what: 'the command' });
      expect(received).toEqual(['hello']);
    });

    it('method and twin', async (context) => {
      const device = await hub.newDevice(credential);
      const client = await device.device(transport);
      if (transport === 'https') {
        notSupported(context, 'the protocol');
        return expect(client.getTwin()).rejects.toMatchObject({ name: 'NotImplementedError' });
      }
      client.onDeviceMethod('ask', answer as never);
      const { result } = await hub.service.invokeDeviceMethod(device.deviceId, CALL);
      expect(result).toMatchObject({ status: 200, payload: 'yes' });
      await reports(client);
    });
  });

  describe.each(suites(CONNECTED, { client: 'azure-iot-device modules', credential }))('%s', (_suite, transport) => {
    it('telemetry, method and twin', async () => {
      const module = await hub.newModule(credential);
      const client = await module.module(transport);
      await sendsTelemetry(client, module, credential);
      client.onMethod('ask', answer as never);
      const { result } = await hub.service.invokeDeviceMethod(module.deviceId, 'm1', CALL);
      expect(result).toMatchObject({ status: 200, payload: 'yes' });
      await reports(client);
    });
  });
}

// Together, for each waits for a signature to run out.
describe.concurrent.each(suites(ALL, { credential: 'shared access signature' }))('%s', (_suite, transport) => {
  it('renewed while connected, it outlives the first one', async () => {
    const device = await hub.newDevice('shared access signature');
    const client = await device.device(transport, { signatureSeconds: 3 });
    await client.sendEvent(new Message('with the first'));
    await renew(client, device.newSignature());
    const firstEnds = Date.now() + 4_000;
    await until(() => Date.now() > firstEnds, { what: 'the end of the first signature', everyMs: 100 });
    await client.sendEvent(new Message('with the second'));
    const events = await hub.tap.telemetryOf(device.identity, 2);
    expect(events.map(({ body }) => String(body))).toEqual(['with the first', 'with the second']);
  });

  it('not renewed, it ends the connection', async () => {
    const device = await hub.newDevice('shared access signature');
    const client = await device.device(transport, { signatureSeconds: 2 });
    await client.sendEvent(new Message('with the first'));
    const ends = Date.now() + 2_000;
    await until(() => Date.now() > ends && hub.server.hub.sessions.find(device.identity) === undefined, {
      what: 'the end of the signature and the connection',
    });
    // The first one may still find the broken connection; the next one has to connect anew.
    await expect(client.sendEvent(new Message('too late'))).rejects.toThrow();
    await expect(client.sendEvent(new Message('too late'))).rejects.toMatchObject({ name: 'UnauthorizedError' });
  });
});

describe.each(suites(ALL, { credential: 'certificate by SHA-256' }))('%s', (_suite, transport) => {
  it('refused when it is another one, and the operator is told why', async () => {
    const device = await hub.newDevice('certificate by SHA-256');
    const { certificate, key } = await selfSignedCertificate(device.deviceId);
    const client = await device.unopenedDevice(transport);
    await client.setOptions({ cert: certificate, key, http: { receivePolicy: { interval: 0.1 } } } as never);
    const attempt = client.open().then(() => client.sendEvent(new Message('may I')));
    await expect(attempt).rejects.toMatchObject({ name: 'UnauthorizedError' });
    const [refusal] = await hub.server.hub.refusals.list(device.deviceId);
    expect(refusal?.code).toBe('credential.certificateMismatch');
  });
});

function renew(client: Client, signature: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.updateSharedAccessSignature(signature, (error?: Error) => (error ? reject(error) : resolve()));
  });
}
