import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { type ErrorCode, formatSas, sasSignedText } from '@viaduct/contracts';
import { AuthMethod, decodeRecord } from '@viaduct/hub';
import {
  type CertificateRequest,
  type IssuedCertificate,
  issueCertificate,
  startTestServer,
  type TestServer,
  until,
} from '@viaduct/testkit';
import { NoRetry } from 'azure-iot-common';
import { Client, Message } from 'azure-iot-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL, suites, TRANSPORTS, type TransportName } from './sdk/transports.ts';

/** Devices whose certificate an authority signed: from the authority's upload to telemetry, and every way not to get in. */
let server: TestServer;
let root: IssuedCertificate;
let intermediate: IssuedCertificate;
beforeAll(async () => {
  server = await startTestServer();
  root = await issueCertificate({ commonName: 'Factory root', ca: true });
  intermediate = await issueCertificate({ commonName: 'Line 4', issuer: root, ca: true, pathLength: 0 });
  await registerAuthority('factory', root);
  await proveAuthority('factory', root);
});
afterAll(() => server.stop());

describe('certificate authorities · HTTPS · shared access policy', () => {
  it('are added, listed, proved and removed with the requests of Azure’s management tools', async () => {
    const own = await issueCertificate({ commonName: 'Own root', ca: true });
    const certificate = Buffer.from(`${own.pem}\n`).toString('base64');
    const created = await ask('PUT', `${ARM}/own?api-version=2023-06-30`, { properties: { certificate } });
    expect(created).toMatchObject({
      status: 201,
      json: {
        name: 'own',
        etag: expect.any(String),
        properties: {
          subject: 'CN=Own root',
          thumbprint: own.certificate.fingerprint.replaceAll(':', ''),
          isVerified: false,
          certificate,
          expiry: new Date(own.certificate.validTo).toUTCString(),
        },
      },
    });
    const { etag } = created.json as { etag: string };
    expect(created.headers.etag).toBe(`"${etag}"`);
    expect((await ask('PUT', '/certificates/own', { properties: { certificate } })).status).toBe(409);

    const coded = await ask('POST', `${ARM}/own/generateVerificationCode?api-version=2023-06-30`, undefined, {
      'If-Match': etag,
    });
    const { verificationCode } = (coded.json as { properties: { verificationCode: string } }).properties;
    expect(verificationCode).toMatch(/^[0-9A-F]{48}$/);
    const wrong = await issueCertificate({ commonName: verificationCode, issuer: root });
    expect(await ask('POST', '/certificates/own/verify', { certificate: wrong.pem })).toMatchObject({
      status: 400,
      json: { Message: expect.stringContaining('was not signed with the key of "own"') },
    });
    const proof = await issueCertificate({ commonName: verificationCode, issuer: own });
    expect(
      (await ask('POST', '/certificates/own/verify', { certificate: proof.pem }, { 'If-Match': etag })).status,
    ).toBe(412);
    const verified = await ask('POST', '/certificates/own/verify', { certificate: proof.pem }, { 'If-Match': '*' });
    expect(verified).toMatchObject({ status: 200, json: { properties: { isVerified: true } } });

    const { value } = (await ask('GET', '/certificates')).json as { value: { name: string }[] };
    expect(value.map(({ name }) => name)).toEqual(['factory', 'own']);
    expect((await ask('DELETE', '/Certificates/own', undefined, { 'If-Match': '"*"' })).status).toBe(204);
    expect(await ask('GET', `${ARM}/own`)).toMatchObject({ status: 404 });
  });

  it('are nobody’s to change without the right to', async () => {
    const before = await ask('GET', '/certificates');
    for (const [policy, method] of [
      ['service', 'GET'],
      ['registryRead', 'DELETE'],
      ['device', 'PUT'],
    ] as const) {
      const answer = await ask(method, '/certificates/factory', method === 'PUT' ? {} : undefined, {}, policy);
      expect([policy, answer.status]).toEqual([policy, 401]);
    }
    expect((await ask('GET', '/certificates', undefined, {}, 'registryRead')).json).toEqual(before.json);
  });
});

describe.each(suites(ALL, { credential: 'certificate of an authority' }))('%s', (_suite, transport) => {
  it('connects with leaf and intermediate, and its telemetry says how it came in', async () => {
    const deviceId = await newDevice(`signed-${transport}`);
    const leaf = await issueCertificate({ commonName: deviceId, issuer: intermediate });
    const client = await openClient(transport, deviceId, leaf, [intermediate]);
    await client.sendEvent(new Message('{"by":"authority"}'));
    await client.close();
    expect(await authMethodsOf(deviceId)).toEqual([AuthMethod.x509Authority]);
    expect(await server.hub.refusals.list(deviceId)).toEqual([]);
  });

  it('is refused with a certificate of an authority nobody knows', async () => {
    const deviceId = await newDevice(`strange-${transport}`);
    const stranger = await issueCertificate({ commonName: 'Stranger', ca: true });
    const leaf = await issueCertificate({ commonName: deviceId, issuer: stranger });
    await expectRefused(
      transport,
      deviceId,
      leaf,
      [stranger],
      'credential.certificateUntrusted',
      'not a registered authority',
    );
  });
});

describe('azure-iot-device · MQTT · certificate of an authority · what is wrong with it', () => {
  const day = 86_400_000;
  const cases: readonly (readonly [string, Partial<CertificateRequest>, ErrorCode, string])[] = [
    [
      'expired',
      { validFrom: Date.now() - 3 * day, validTo: Date.now() - 2 * day },
      'credential.certificateExpired',
      'expired',
    ],
    [
      'early',
      { validFrom: Date.now() + day, validTo: Date.now() + 2 * day },
      'credential.certificateNotYetValid',
      'not valid yet',
    ],
    ['misnamed', { commonName: 'Misnamed' }, 'credential.certificateName', '"Misnamed", not "misnamed"'],
  ];
  it.each(cases)('%s: refused, and the operator reads why', async (name, wrong, code, words) => {
    const deviceId = await newDevice(name);
    const leaf = await issueCertificate({ commonName: deviceId, issuer: intermediate, ...wrong });
    await expectRefused('mqtt', deviceId, leaf, [intermediate], code, words);
  });

  it('unverified: refused until the authority is verified', async () => {
    const deviceId = await newDevice('unverified');
    const fresh = await issueCertificate({ commonName: 'Fresh', ca: true });
    const leaf = await issueCertificate({ commonName: deviceId, issuer: fresh });
    await registerAuthority('fresh', fresh);
    await expectRefused(
      'mqtt',
      deviceId,
      leaf,
      [],
      'credential.certificateUntrusted',
      '"fresh" is registered but not verified',
    );
    await proveAuthority('fresh', fresh);
    await (await openClient('mqtt', deviceId, leaf, [])).close();
  });

  it('too deep: refused where an intermediate allows none below it', async () => {
    const deviceId = await newDevice('deep');
    const below = await issueCertificate({ commonName: 'Below', issuer: intermediate, ca: true });
    const leaf = await issueCertificate({ commonName: deviceId, issuer: below });
    await expectRefused(
      'mqtt',
      deviceId,
      leaf,
      [below, intermediate],
      'credential.certificateUntrusted',
      'path is too long',
    );
  });

  it('ended while connected: the connection ends with it', async () => {
    const deviceId = await newDevice('brief');
    const leaf = await issueCertificate({ commonName: deviceId, issuer: intermediate, validTo: Date.now() + 5_000 });
    const client = await openClient('mqtt', deviceId, leaf, [intermediate]);
    await new Promise((resolve) => client.once('disconnect', resolve));
    expect(Date.now()).toBeGreaterThan(Date.parse(leaf.certificate.validTo));
    await client.close();
    await expectRefused('mqtt', deviceId, leaf, [intermediate], 'credential.certificateExpired', 'expired');
  });

  it('removed authority: the connection ends and the device stays out', async () => {
    const deviceId = await newDevice('orphan');
    const gone = await issueCertificate({ commonName: 'Gone', ca: true });
    await registerAuthority('gone', gone);
    await proveAuthority('gone', gone);
    const leaf = await issueCertificate({ commonName: deviceId, issuer: gone });
    const client = await openClient('mqtt', deviceId, leaf, []);
    const ended = new Promise((resolve) => client.once('disconnect', resolve));
    await ask('DELETE', '/certificates/gone');
    await ended;
    await client.close();
    await expectRefused('mqtt', deviceId, leaf, [], 'credential.certificateUntrusted', 'not a registered authority');
  });
});

describe('TLS sessions that are resumed bring the leaf alone', () => {
  it('lets the official client connect again and again', async () => {
    const deviceId = await newDevice('again');
    const leaf = await issueCertificate({ commonName: deviceId, issuer: intermediate });
    for (let i = 0; i < 4; i++) await (await openClient('mqtt', deviceId, leaf, [intermediate])).close();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'lets a client of %s in again with its ticket, and after a restart',
    async (version) => {
      const deviceId = await newDevice(`ticket-${version}`);
      const leaf = await issueCertificate({ commonName: deviceId, issuer: intermediate });
      let ticket: Buffer | undefined;
      const resumed: boolean[] = [];
      for (let i = 0; i < 3; i++) {
        const answer = await post(deviceId, leaf, [intermediate], version, ticket);
        expect(answer.status).toBe(204);
        resumed.push(answer.isResumed);
        ticket = answer.ticket ?? ticket;
      }
      expect(resumed).toEqual([false, true, true]);
      await server.restart();
      expect(await post(deviceId, leaf, [intermediate], version, ticket)).toMatchObject({
        status: 204,
        isResumed: false,
      });
    },
  );

  it('lets a client in with its ticket whose authority was registered only after its first attempt', async () => {
    const deviceId = await newDevice('late');
    const late = await issueCertificate({ commonName: 'Late root', ca: true });
    const line = await issueCertificate({ commonName: 'Late line', issuer: late, ca: true });
    const leaf = await issueCertificate({ commonName: deviceId, issuer: line });
    const first = await post(deviceId, leaf, [line], 'TLSv1.3', undefined);
    expect(first.status).toBe(401);
    await registerAuthority('late', late);
    await proveAuthority('late', late);
    expect(await post(deviceId, leaf, [line], 'TLSv1.3', first.ticket)).toMatchObject({ status: 204, isResumed: true });
  });
});

const ARM = '/subscriptions/s1/resourceGroups/g1/providers/Microsoft.Devices/IotHubs/hub/certificates';

/** How the records of a device's telemetry say that it proved who it is. */
async function authMethodsOf(deviceId: string): Promise<number[]> {
  const { log, eventPartitions } = server.hub;
  const found: number[] = [];
  for (let partition = 0; partition < eventPartitions; partition++) {
    const records = (await log.read(partition, 0, 1_048_576)).map(({ data }) => decodeRecord(data));
    found.push(...records.filter((record) => record.deviceId === deviceId).map(({ authMethod }) => authMethod));
  }
  return found;
}

async function newDevice(deviceId: string): Promise<string> {
  const body = { deviceId, authentication: { type: 'certificateAuthority' } };
  expect((await ask('PUT', `/devices/${deviceId}`, body)).status).toBe(200);
  return deviceId;
}

async function registerAuthority(name: string, { pem }: IssuedCertificate): Promise<void> {
  expect((await ask('PUT', `/certificates/${name}`, { properties: { certificate: pem } })).status).toBe(201);
}

async function proveAuthority(name: string, authority: IssuedCertificate): Promise<void> {
  const { json } = await ask('POST', `/certificates/${name}/generateVerificationCode`);
  const { verificationCode } = (json as { properties: { verificationCode: string } }).properties;
  const proof = await issueCertificate({ commonName: verificationCode, issuer: authority });
  expect((await ask('POST', `/certificates/${name}/verify`, { certificate: proof.pem })).status).toBe(200);
}

async function openClient(
  transport: TransportName,
  deviceId: string,
  leaf: IssuedCertificate,
  chain: readonly IssuedCertificate[],
): Promise<Client> {
  const connectionString = `HostName=${server.ready.hostName};DeviceId=${deviceId};x509=true`;
  const client = Client.fromConnectionString(connectionString, TRANSPORTS[transport].make);
  client.setRetryPolicy(new NoRetry());
  client.on('error', () => {});
  const cert = [leaf, ...chain].map(({ pem }) => pem).join('\n');
  await client.setOptions({
    cert,
    key: leaf.keyPem,
    ca: readFileSync(server.caFile, 'utf8'),
    http: { receivePolicy: { interval: 60 } },
  } as never);
  await client.open();
  return client;
}

async function expectRefused(
  transport: TransportName,
  deviceId: string,
  leaf: IssuedCertificate,
  chain: readonly IssuedCertificate[],
  code: ErrorCode,
  words: string,
): Promise<void> {
  const attempt = async () => {
    const client = await openClient(transport, deviceId, leaf, chain);
    await client.sendEvent(new Message('{}')).finally(() => client.close());
  };
  await expect(attempt()).rejects.toMatchObject({ name: 'UnauthorizedError' });
  await until(async () => (await server.hub.refusals.list(deviceId)).length > 0);
  expect((await server.hub.refusals.list(deviceId))[0]).toMatchObject({
    code,
    message: expect.stringContaining(words),
    transport,
  });
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly json: unknown;
}

async function ask(
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
  policyName = 'iothubowner',
): Promise<Answer> {
  const key = (await server.hub.policies.find(policyName))?.primaryKey ?? '';
  const { hostName } = server.ready;
  const until = Math.floor(Date.now() / 1_000) + 300;
  const signature = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(sasSignedText(hostName, until))
    .digest('base64');
  const authorization = formatSas(hostName, signature, until, policyName);
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: server.address,
        port: server.ready.ports.https,
        method,
        path,
        ca: readFileSync(server.caFile),
        headers: { authorization, ...headers },
        agent: false,
      },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            json: text === '' ? null : JSON.parse(text),
          }),
        );
      },
    );
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Telemetry over HTTPS on a connection of its own, with a TLS session ticket if there is one. */
function post(
  deviceId: string,
  leaf: IssuedCertificate,
  chain: readonly IssuedCertificate[],
  version: 'TLSv1.2' | 'TLSv1.3',
  ticket: Buffer | undefined,
): Promise<{ status: number; isResumed: boolean; ticket: Buffer | undefined }> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: server.address,
      port: server.ready.ports.https,
      ca: readFileSync(server.caFile),
      cert: [leaf, ...chain].map(({ pem }) => pem).join('\n'),
      key: leaf.keyPem,
      minVersion: version,
      maxVersion: version,
      ...(ticket === undefined ? {} : { session: ticket }),
    });
    let received = '';
    let latest: Buffer | undefined;
    socket.on('session', (session) => {
      latest = session;
    });
    let isResumed = false;
    socket.on('secureConnect', () => {
      isResumed = socket.isSessionReused();
    });
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('close', () => resolve({ status: Number(received.slice(9, 12)), isResumed, ticket: latest }));
    socket.write(
      `POST /devices/${deviceId}/messages/events?api-version=2021-04-12 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
    );
  });
}
