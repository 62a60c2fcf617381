import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ErrorCode } from '@viaduct/contracts';
import { AuthMethod, decodeRecord, getDevice } from '@viaduct/hub';
import { deriveDeviceKey } from '@viaduct/provisioning';
import {
  type CertificateRequest,
  type IssuedCertificate,
  issueCertificate,
  startTestServer,
  type TestServer,
} from '@viaduct/testkit';
import { NoRetry } from 'azure-iot-common';
import { Client, Message } from 'azure-iot-device';
import { X509Security } from 'azure-iot-security-x509';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type TestAuthority, verifiedAuthority } from './sdk/certificates.ts';
import {
  certificateOf,
  enroll,
  isTold,
  keyOf,
  newKey,
  type ProvisioningTransportName,
  provisioningSuites,
  type RegistrationState,
  register,
} from './sdk/provisioning.ts';
import { TRANSPORTS } from './sdk/transports.ts';

/** Devices that know nothing but an id scope and a credential, over each transport: to their hub and to telemetry, or why not. */
let server: TestServer;
let root: IssuedCertificate;
let line: IssuedCertificate;
let groupId: string;
let authority: TestAuthority;
let referringId: string;
let webhook: { readonly url: string; readonly server: HttpServer };
beforeAll(async () => {
  server = await startTestServer();
  webhook = await startWebhook();
  root = await issueCertificate({ commonName: 'Factory root', ca: true });
  line = await issueCertificate({ commonName: 'Line 4', issuer: root, ca: true, pathLength: 0 });
  groupId = (await enroll(server, 'group', { kind: 'signingCertificates', primary: root.pem, secondary: null })).id;
  authority = await verifiedAuthority(server.hub);
  referringId = (await enroll(server, 'group', { kind: 'caReferences', primary: 'factory', secondary: null })).id;
});
afterAll(async () => {
  webhook.server.close();
  await server.stop();
});

describe.concurrent.each(provisioningSuites('symmetric key'))('%s', (_suite, transport) => {
  it.concurrent('finds its hub by a key of its own, sends telemetry there, and stays when it comes again', async ({
    expect,
  }) => {
    const [primaryKey, secondaryKey] = [newKey(), newKey()];
    const { id } = await enroll(server, 'individual', { kind: 'symmetricKey', primaryKey, secondaryKey });
    const state = await register(server, transport, keyOf(id, primaryKey));
    expect(state).toMatchObject({
      ...{ registrationId: id, deviceId: id, assignedHub: server.ready.hostName },
      ...{ status: 'assigned', substatus: 'initialAssignment', errorCode: 0, symmetricKey: {} },
    });
    await sendTelemetry(transport, state, { SharedAccessKey: primaryKey });
    expect(await authMethodsOf(id)).toEqual([AuthMethod.deviceKey]);
    const again = await register(server, transport, keyOf(id, secondaryKey));
    expect(again).toMatchObject({ status: 'assigned', deviceId: id, assignedHub: state.assignedHub });
    expect(await lastAttempt(id)).toMatchObject({ outcome: 'assigned', credential: 'symmetricKey', transport });
  });

  it.concurrent('finds its hub by a key derived from that of a group, asks with a payload and is answered one', async ({
    expect,
  }) => {
    const group = { kind: 'symmetricKey', primaryKey: newKey(), secondaryKey: newKey() } as const;
    const customAllocation = { webhookUrl: `${webhook.url}/answer`, apiVersion: '2021-10-01' };
    const custom = { allocationPolicy: 'custom', customAllocation } as const;
    const { id: enrollmentGroupId } = await enroll(server, 'group', group, custom);
    const registrationId = `D-${randomUUID()}`;
    const key = deriveDeviceKey(group.primaryKey, registrationId);
    const payload = { modelId: 'dtmi:example:Thermostat;1', place: 'Größe' };
    const state = await register(server, transport, keyOf(registrationId, key), payload);
    expect(state).toMatchObject({ registrationId, status: 'assigned', symmetricKey: { enrollmentGroupId } });
    // The Node client reads answers over MQTT as ASCII and keeps what it was told for the caller: nothing is lost on the way.
    expect(state.payload).toEqual({ heard: payload, by: registrationId });
    await sendTelemetry(transport, state, { SharedAccessKey: key });
  });

  it.concurrent('is told why nobody could say which hub it belongs to', async ({ expect }) => {
    const primaryKey = newKey();
    const keys = { kind: 'symmetricKey', primaryKey, secondaryKey: newKey() } as const;
    const customAllocation = { webhookUrl: `${webhook.url}/refuse`, apiVersion: '2021-10-01' };
    const { id } = await enroll(server, 'individual', keys, { allocationPolicy: 'custom', customAllocation });
    await expect(register(server, transport, keyOf(id, primaryKey))).rejects.toMatchObject({
      name: 'ProvisioningRegistrationFailedError',
      result: {
        status: 'failed',
        registrationState: { errorCode: 400_207, errorMessage: expect.stringContaining('404') },
      },
    });
    expect(await lastAttempt(id)).toMatchObject({ outcome: 'failed', code: 'allocation.webhookFailed', transport });
  });

  it.concurrent('is refused with a wrong key, and without an enrolment', async ({ expect }) => {
    const keys = { kind: 'symmetricKey', primaryKey: newKey(), secondaryKey: newKey() } as const;
    const { id } = await enroll(server, 'individual', keys);
    for (const registrationId of [id, `d-${randomUUID()}`]) {
      const refused = await register(server, transport, keyOf(registrationId, newKey())).catch((error) => error);
      expect(isTold(transport, 'token', refused, 401_002)).toBe(true);
      expect(await lastAttempt(registrationId)).toMatchObject({
        ...{ outcome: 'refused', code: 'credential.signatureMismatch', transport },
      });
    }
  });

  it.concurrent('is told that its enrolment is disabled', async ({ expect }) => {
    const primaryKey = newKey();
    const keys = { kind: 'symmetricKey', primaryKey, secondaryKey: newKey() } as const;
    const { id } = await enroll(server, 'individual', keys, { status: 'disabled' });
    await expect(register(server, transport, keyOf(id, primaryKey))).rejects.toMatchObject({
      message: 'status is disabled',
      result: { registrationState: { errorCode: 403_003, errorMessage: expect.stringContaining(id) } },
    });
    expect(await lastAttempt(id)).toMatchObject({ outcome: 'disabled', code: 'enrollment.disabled', transport });
  });
});

describe.concurrent.each(provisioningSuites('certificate'))('%s', (_suite, transport) => {
  it.concurrent('finds its hub by a certificate of its own', async ({ expect }) => {
    const registrationId = `d-${randomUUID()}`;
    const leaf = await issueCertificate({ commonName: registrationId });
    const own = { kind: 'clientCertificates', primary: leaf.pem, secondary: null } as const;
    await enroll(server, 'individual', own, { id: registrationId });
    const state = await register(server, transport, certificateOf(registrationId, leaf));
    const sha256Thumbprint = leaf.certificate.fingerprint256.replaceAll(':', '');
    expect(state).toMatchObject({
      ...{ assignedHub: server.ready.hostName, deviceId: registrationId, status: 'assigned' },
      x509: { certificateInfo: { sha256Thumbprint, version: 3, subjectName: expect.stringContaining(registrationId) } },
    });
    expect((await getDevice(server.hub, { deviceId: registrationId })).authentication.type).toBe('selfSigned');
    await sendTelemetry(transport, state, { x509: 'true' }, leaf);
    expect(await authMethodsOf(registrationId)).toEqual([AuthMethod.x509Thumbprint]);
  });

  it.concurrent('finds its hub by a certificate that an intermediate of its group’s root signed', async ({
    expect,
  }) => {
    const registrationId = `d-${randomUUID()}`;
    const leaf = await issueCertificate({ commonName: registrationId, issuer: line });
    const state = await register(server, transport, certificateOf(registrationId, leaf, line));
    expect(state).toMatchObject({
      ...{ deviceId: registrationId, status: 'assigned' },
      x509: { enrollmentGroupId: groupId, signingCertificateInfo: { subjectName: expect.stringContaining('Factory') } },
    });
    await sendTelemetry(transport, state, { x509: 'true' }, leaf, line);
    expect(await lastAttempt(registrationId)).toMatchObject({ outcome: 'assigned', credential: 'x509', transport });
  });

  it.concurrent('finds its hub by a certificate of an authority that is verified here, which its group names', async ({
    expect,
  }) => {
    const registrationId = `d-${randomUUID()}`;
    const { certificate: cert, key } = await authority.issue(registrationId);
    const state = await register(server, transport, new X509Security(registrationId, { cert, key }));
    expect(state).toMatchObject({
      ...{ assignedHub: server.ready.hostName, deviceId: registrationId, status: 'assigned' },
      x509: { enrollmentGroupId: referringId },
    });
  });

  const day = 86_400_000;
  const wrong: readonly (readonly [string, ErrorCode, () => Promise<Shown>])[] = [
    [
      'expired',
      'credential.certificateExpired',
      () => signed({ validFrom: Date.now() - 2 * day, validTo: Date.now() - day }),
    ],
    [
      'not yet valid',
      'credential.certificateNotYetValid',
      () => signed({ validFrom: Date.now() + day, validTo: Date.now() + 2 * day }),
    ],
    ['of another authority', 'credential.certificateUntrusted', () => signed({}, 'another authority')],
    ['below an authority that may have none below it', 'credential.certificateUntrusted', () => signed({}, 'too deep')],
    ['of another device', 'credential.certificateName', () => signed({ commonName: 'somebody-else' })],
  ];
  it.concurrent.for(wrong)('is refused with a certificate that is %s', async ([_what, code, show], { expect }) => {
    const { registrationId, leaf, chain } = await show();
    const refused = await register(server, transport, certificateOf(registrationId, leaf, ...chain)).catch(
      (error) => error,
    );
    expect(isTold(transport, 'certificate', refused, 401_002)).toBe(true);
    expect(await lastAttempt(registrationId)).toMatchObject({
      outcome: 'refused',
      code,
      credential: 'x509',
      transport,
    });
  });

  it.concurrent('is told that the group of the intermediate is disabled, whatever the root’s group says', async ({
    expect,
  }) => {
    const revoked = await issueCertificate({ commonName: 'Line 5', issuer: root, ca: true, pathLength: 0 });
    const attestation = { kind: 'signingCertificates', primary: revoked.pem, secondary: null } as const;
    const { id } = await enroll(server, 'group', attestation, { status: 'disabled' });
    const { registrationId, leaf } = await signed({ issuer: revoked });
    await expect(register(server, transport, certificateOf(registrationId, leaf, revoked))).rejects.toMatchObject({
      result: { status: 'disabled', registrationState: { errorMessage: expect.stringContaining(id) } },
    });
    expect(await lastAttempt(registrationId)).toMatchObject({ outcome: 'disabled', code: 'enrollment.disabled' });
  });
});

/** Sends each device to the first hub, with what it said as its payload; at any other path it says that there is nothing. */
async function startWebhook(): Promise<typeof webhook> {
  const answering = createServer(async (request, response) => {
    const asked = JSON.parse(Buffer.concat(await request.toArray()).toString('utf8')) as {
      readonly deviceRuntimeContext: { readonly registrationId: string; readonly payload: unknown };
      readonly linkedHubs: readonly string[];
    };
    const { registrationId: by, payload: heard } = asked.deviceRuntimeContext;
    response.statusCode = request.url === '/answer' ? 200 : 404;
    response.end(JSON.stringify({ iotHubHostName: asked.linkedHubs[0], payload: { heard, by } }));
  }).listen(0, server.address);
  await once(answering, 'listening');
  return { url: `http://${server.address}:${(answering.address() as AddressInfo).port}`, server: answering };
}

interface Shown {
  readonly registrationId: string;
  readonly leaf: IssuedCertificate;
  readonly chain: readonly IssuedCertificate[];
}

/** A device of the factory's line 4, or one that only says so. */
async function signed(request: Partial<CertificateRequest>, wrong?: 'another authority' | 'too deep'): Promise<Shown> {
  const registrationId = `d-${randomUUID()}`;
  const issuer = await issuerOf(wrong);
  const leaf = await issueCertificate({ commonName: registrationId, issuer, ...request });
  return { registrationId, leaf, chain: issuer === line ? [line] : [issuer, line] };
}

async function issuerOf(wrong: 'another authority' | 'too deep' | undefined): Promise<IssuedCertificate> {
  if (wrong === undefined) return line;
  if (wrong === 'too deep') return issueCertificate({ commonName: 'Below line 4', issuer: line, ca: true });
  return issueCertificate({ commonName: 'Another root', ca: true });
}

/** With what the device has, to where it was told to go. */
async function sendTelemetry(
  transport: ProvisioningTransportName,
  { assignedHub, deviceId }: RegistrationState,
  credential: Readonly<Record<string, string>>,
  ...chain: readonly IssuedCertificate[]
): Promise<void> {
  const members = Object.entries({ HostName: assignedHub, DeviceId: deviceId, ...credential });
  const text = members.map((member) => member.join('=')).join(';');
  const client = Client.fromConnectionString(text, TRANSPORTS[transport].make);
  client.setRetryPolicy(new NoRetry());
  const cert = chain.map(({ pem }) => pem).join('\n');
  const own = chain[0] === undefined ? {} : { cert, key: chain[0].keyPem };
  const ca = readFileSync(server.caFile, 'utf8');
  await client.setOptions({ ca, ...own, http: { receivePolicy: { interval: 60 } } } as never);
  await client.open();
  await client.sendEvent(new Message('{"by":"provisioning"}'));
  await client.close();
}

/** How the records of a device's telemetry say that it proved who it is. */
async function authMethodsOf(deviceId: string): Promise<number[]> {
  const { log, eventPartitions } = server.hub;
  const found: number[] = [];
  for (let partition = 0; partition < eventPartitions; partition++) {
    const records = (await log.read(partition, 0, 4 * 1_048_576)).map(({ data }) => decodeRecord(data));
    found.push(...records.filter((record) => record.deviceId === deviceId).map(({ authMethod }) => authMethod));
  }
  return found;
}

async function lastAttempt(registrationId: string) {
  return (await server.provisioning.attempts.list({ registrationId, limit: 1 }))[0];
}
