import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { hasSwtpm, type SwtpmPeer, startSwtpm, startTestServer, type TestServer, until } from '@viaduct/testkit';
import { Message } from 'azure-iot-common';
import { Client } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { ProvisioningDeviceClient } from 'azure-iot-provisioning-device';
import { Amqp, AmqpWs } from 'azure-iot-provisioning-device-amqp';
import { Http } from 'azure-iot-provisioning-device-http';
import { Mqtt as ProvisioningMqtt, MqttWs as ProvisioningMqttWs } from 'azure-iot-provisioning-device-mqtt';
import { ProvisioningServiceClient } from 'azure-iot-provisioning-service';
import { TpmAuthenticationProvider, type TpmSecurityClient } from 'azure-iot-security-tpm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventTap } from './sdk/event-tap.ts';
import { notSupported } from './sdk/not-supported.ts';

/** A device that has nothing but a TPM and the id scope, with the unmodified clients, on a TPM that runs the reference implementation. */
let server: TestServer;
let tap: EventTap;
let service: ProvisioningServiceClient;
beforeAll(async () => {
  server = await startTestServer();
  tap = new EventTap(server);
  service = ProvisioningServiceClient.fromConnectionString(server.ready.provisioning.serviceConnectionString);
});
afterAll(async () => {
  await tap?.close();
  await server?.stop();
});

/** How a refusal reaches the caller. HTTPS: what the client makes of a 401 that brings no challenge, and of nothing else. AMQP: the error as it came. */
const byHttps = (error: unknown) => expect(error).toMatchObject({ name: 'FormatError' });
const byAmqp = (error: unknown) => {
  const [condition, description] = (error as { readonly value: readonly { readonly value: string }[] }).value;
  expect(condition?.value).toBe('amqp:unauthorized-access');
  expect(JSON.parse(description?.value ?? '')).toMatchObject({ errorCode: 401002 });
};

const TRANSPORTS = [
  ['azure-iot-provisioning-device · HTTPS · TPM', Http, byHttps],
  ['azure-iot-provisioning-device · AMQP · TPM', Amqp, byAmqp],
  ['azure-iot-provisioning-device · AMQP over WebSocket · TPM', AmqpWs, byAmqp],
] as const;

describe.skipIf(!hasSwtpm).each(TRANSPORTS)('%s', (suite, Transport, isRefusal) => {
  const registrationId = `tpm-${createHash('sha256').update(suite).digest('hex').slice(0, 8)}`;
  const closing: (() => Promise<unknown>)[] = [];
  let tpm: SwtpmPeer;

  beforeAll(async () => {
    tpm = await startSwtpm();
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
    await tpm?.close();
  });

  async function register(security: TpmSecurityClient): Promise<unknown> {
    const { deviceEndpoint, idScope } = server.ready.provisioning;
    const transport = new Transport();
    // After a refusal this client stays connected over AMQP, and says so when the server stops.
    transport.on('error', () => {});
    return await ProvisioningDeviceClient.create(deviceEndpoint, idScope, transport, security).register();
  }

  /** At the hub, with the key that only the TPM has. */
  async function says(security: TpmSecurityClient, at: Assignment, body: string): Promise<void> {
    const provider = TpmAuthenticationProvider.fromTpmSecurityClient(at.deviceId, at.assignedHub, security);
    const client = Client.fromAuthenticationProvider(provider, Mqtt);
    closing.push(async () => provider.stop());
    await client.setOptions({ ca: await readFile(server.caFile, 'utf8') });
    await client.open();
    await client.sendEvent(new Message(body));
    await client.close();
  }

  it('tpm: from power-on to telemetry', async () => {
    const security = tpm.securityClient(registrationId);
    await enrol(registrationId, await endorsementKeyOf(security));
    const assignment = assignmentIn(await register(security));
    expect(assignment).toMatchObject({ deviceId: registrationId, status: 'assigned' });
    await says(security, assignment, '{"from":"power-on"}');
    const { body, systemProperties } = await tap.firstOf({ deviceId: registrationId });
    expect(body).toEqual({ from: 'power-on' });
    expect(JSON.parse(String(systemProperties?.['iothub-connection-auth-method']))).toMatchObject({ type: 'sas' });
  });

  it('tpm: gets a new key when it registers again, and keeps it while its power is off', async () => {
    const before = await hubKeyOf(registrationId);
    const assignment = assignmentIn(await register(tpm.securityClient(registrationId)));
    const after = await hubKeyOf(registrationId);
    expect(after).not.toBe(before);
    await tpm.powerOff();
    await tpm.powerOn();
    await says(tpm.securityClient(registrationId), assignment, '{"from":"power-on again"}');
    const told = await tap.telemetryOf({ deviceId: registrationId }, 2);
    expect(told[1]?.body).toEqual({ from: 'power-on again' });
  });

  it('tpm: is let in again after it was cleared, with another storage root key', async () => {
    const before = await storageRootKeyOf(tpm.securityClient(registrationId));
    await tpm.clear();
    const security = tpm.securityClient(registrationId);
    expect(await storageRootKeyOf(security)).not.toEqual(before);
    await says(security, assignmentIn(await register(security)), '{"from":"a cleared TPM"}');
    const told = await tap.telemetryOf({ deviceId: registrationId }, 3);
    expect(told[2]?.body).toEqual({ from: 'a cleared TPM' });
  });

  it('tpm: is refused when another endorsement key is enrolled, and the operator reads why', async () => {
    const other = await startSwtpm();
    closing.push(() => other.close());
    const stranger = `${registrationId}-other`;
    await enrol(stranger, await endorsementKeyOf(other.securityClient(stranger)));
    isRefusal(await register(tpm.securityClient(stranger)).catch((error: unknown) => error));
    const attempt = await until(async () => (await attemptsOf(stranger))[0], { what: 'the attempt' });
    expect(attempt).toMatchObject({ credential: 'tpm', outcome: 'refused', code: 'tpm.keyMismatch' });
  });
});

interface Assignment {
  readonly deviceId: string;
  readonly assignedHub: string;
  readonly status: string;
}

/** The declared type leaves out what it is for. */
function assignmentIn(result: unknown): Assignment {
  const { registrationState } = result as { readonly registrationState: Assignment };
  return registrationState;
}

async function enrol(registrationId: string, endorsementKey: Buffer): Promise<void> {
  const tpm = { endorsementKey: endorsementKey.toString('base64') };
  await service.createOrUpdateIndividualEnrollment({ registrationId, attestation: { type: 'tpm', tpm } } as never);
}

async function endorsementKeyOf(security: TpmSecurityClient): Promise<Buffer> {
  return (await promisify(security.getEndorsementKey.bind(security))()) as Buffer;
}

async function storageRootKeyOf(security: TpmSecurityClient): Promise<Buffer> {
  return (await promisify(security.getStorageRootKey.bind(security))()) as Buffer;
}

async function hubKeyOf(deviceId: string): Promise<string> {
  const device = await server.hub.registry.find({ deviceId });
  return device?.authentication.symmetricKey.primaryKey ?? 'none';
}

function attemptsOf(registrationId: string) {
  return server.provisioning.attempts.list({ registrationId, limit: 1 });
}

describe.each([
  ['azure-iot-provisioning-device · MQTT · TPM', ProvisioningMqtt],
  ['azure-iot-provisioning-device · MQTT over WebSocket · TPM', ProvisioningMqttWs],
] as const)('%s', (_suite, Transport) => {
  it('tpm', (context) => {
    const security = { getEndorsementKey: () => undefined } as unknown as TpmSecurityClient;
    const { deviceEndpoint, idScope } = server.ready.provisioning;
    expect(() => ProvisioningDeviceClient.create(deviceEndpoint, idScope, new Transport(), security)).toThrow(
      'does not support TPM',
    );
    notSupported(context, 'the protocol');
  });
});
