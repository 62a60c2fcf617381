import { execFileSync } from 'node:child_process';
import { createHmac, randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signSas } from '@viaduct/hub';
import {
  type CsrInput,
  makeCertificateRequest,
  RawMqtt,
  startTestServer,
  type TestServer,
  until,
} from '@viaduct/testkit';
import { Message } from 'azure-iot-common';
import { Client } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * Certificates that Viaduct issues, from the first registration to the last renewal. The clients that ask for them are previews and not to be
 * had from a registry, so requests are said byte by byte; whoever connects with what was issued is the unmodified device client.
 */
let server: TestServer;
let idScope: string;
let ca: string;
const SEED = randomBytes(32);
/** Of an enrolment group: by which its devices are told from those of another. */
const groupKey = (group: string) => createHmac('sha256', SEED).update(group).digest('base64');
const VERSION = 'api-version=2025-07-01-preview';

beforeAll(async () => {
  server = await startTestServer();
  ca = await readFile(server.caFile, 'utf8');
  idScope = (await server.provisioning.settings.get()).idScope;
  await manage('PUT', '/credentialPolicies/rsa', { validityDays: 7, keyTypes: ['RSA-2048'] });
  await enrollGroup('pumps', 'default');
  await enrollGroup('old-pumps', 'rsa');
});
afterAll(() => server.stop());

describe.each(['https', 'mqtt'] as const)('a device that registers with a request over %s', (transport) => {
  it('gets a certificate by which it connects to its hub, and renews it by registering again', async () => {
    const device = new Device();
    const first = await device.register(transport);
    expect(first).toMatchObject({ status: 'assigned', registrationState: { deviceId: device.id, errorCode: 0 } });
    const before = device.credential(first);
    verifyWithOpenssl(before.chain);
    expect(new X509Certificate(before.cert).subject).toBe(`CN=${device.id}`);
    await sendsTelemetry(before);
    expect((await server.hub.registry.find({ deviceId: device.id }))?.authentication.type).toBe('certificateAuthority');

    const after = device.credential(await device.register(transport));
    expect(after.cert).not.toBe(before.cert);
    for (const credential of [after, before]) await sendsTelemetry(credential);
  });

  it('is told what is wrong with its request', async () => {
    const device = new Device();
    expect(await device.register(transport, { commonName: 'another' })).toMatchObject({
      errorCode: 400037,
      message: expect.stringContaining(`"another", not "${device.id}"`),
    });
    expect(await device.register(transport, { hash: 'SHA-1' })).toMatchObject({
      errorCode: 400037,
      message: expect.stringContaining('SHA-1 with ECDSA, which can be forged'),
    });
    expect(await new Device('old-pumps').register(transport)).toMatchObject({
      errorCode: 400037,
      message: expect.stringContaining('EC-P256; the policy "rsa" takes RSA-2048'),
    });
  });
});

describe('a device with an issued certificate', () => {
  it('has one with an RSA key where the policy asks for that, for as long as the policy says', async () => {
    const device = new Device('old-pumps');
    const { cert, chain } = device.credential(await device.register('https', { key: 'RSA-2048' }));
    verifyWithOpenssl(chain);
    const { validFrom, validTo } = new X509Certificate(cert);
    expect((Date.parse(validTo) - Date.parse(validFrom)) / 86_400_000).toBeCloseTo(7, 1);
  });

  it('renews it over its connection to the hub, and connects with the new one', async () => {
    const device = new Device();
    const before = device.credential(await device.register('https'));
    const mqtt = await device.connect(before);
    await mqtt.subscribe('$iothub/credentials/res/#', 1);
    const { csr, keyPem } = await makeCertificateRequest({ commonName: device.id, key: 'EC-P384', hash: 'SHA-384' });
    device.ask(mqtt, { id: device.id, csr });
    const accepted = await mqtt.next('publish');
    expect(accepted.topic).toBe('$iothub/credentials/res/202/?$rid=ask-1');
    const { correlationId } = JSON.parse(accepted.payload.toString());
    const answer = await mqtt.next('publish');
    expect(answer).toMatchObject({ topic: '$iothub/credentials/res/200/?$rid=ask-1', qos: 1 });
    const { certificates, ...rest } = JSON.parse(answer.payload.toString());
    expect(rest).toEqual({ correlationId });
    verifyWithOpenssl(certificates);
    await sendsTelemetry(credentialOf(device.id, certificates, keyPem));
    await sendsTelemetry(before);
    mqtt.close();
  });

  it('hears of a renewal on its next connection when it did not listen, until it has acknowledged', async () => {
    const device = new Device();
    const credential = device.credential(await device.register('https'));
    const { csr } = await makeCertificateRequest({ commonName: device.id });
    const deaf = await device.connect(credential);
    deaf.publish('$iothub/credentials/POST/issueCertificate/?$rid=ask-1', JSON.stringify({ id: device.id, csr }), 1);
    await deaf.next('puback');
    deaf.close();
    for (const isLast of [false, true]) {
      // The first one subscribes; the second finds its subscription again.
      const mqtt = await device.connect(credential, { clean: false });
      if (!isLast) await mqtt.subscribe('$iothub/credentials/res/#', 1);
      const { topic, messageId } = await mqtt.next('publish');
      expect(topic).toBe('$iothub/credentials/res/200/?$rid=ask-1');
      if (isLast) mqtt.send({ cmd: 'puback', messageId: messageId as number });
      mqtt.send({ cmd: 'disconnect' });
      await mqtt.untilClosed();
    }
    const mqtt = await device.connect(credential, { clean: false });
    device.ask(mqtt, { id: device.id, csr: 'AAAA' }, 'ask-2');
    expect((await mqtt.next('publish')).topic).toBe('$iothub/credentials/res/202/?$rid=ask-2');
    mqtt.close();
  });

  it('is refused a bad request after it was accepted, and a renewal once its enrolment is disabled', async () => {
    await enrollGroup('closing', 'default');
    const device = new Device('closing');
    const credential = device.credential(await device.register('mqtt'));
    const mqtt = await device.connect(credential);
    await mqtt.subscribe('$iothub/credential/#');
    const { csr } = await makeCertificateRequest({ commonName: 'another' });
    device.ask(mqtt, { id: device.id, csr });
    expect((await mqtt.next('publish')).topic).toBe('$iothub/credential/res/202/?$rid=ask-1');
    const refused = await mqtt.next('publish');
    expect(refused.topic).toBe('$iothub/credential/res/400/?$rid=ask-1');
    expect(JSON.parse(refused.payload.toString())).toMatchObject({
      errorCode: 400037,
      info: { requestId: 'ask-1', credentialError: 'csr.invalid', correlationId: expect.any(String) },
    });

    await enrollGroup('closing', 'default', 'disabled');
    const { csr: good } = await makeCertificateRequest({ commonName: device.id });
    device.ask(mqtt, { id: device.id, csr: good }, 'ask-2');
    expect((await mqtt.next('publish')).topic).toBe('$iothub/credential/res/202/?$rid=ask-2');
    const forbidden = await mqtt.next('publish');
    expect(forbidden.topic).toBe('$iothub/credential/res/403/?$rid=ask-2');
    expect(JSON.parse(forbidden.payload.toString())).toMatchObject({
      errorCode: 403003,
      message: 'the enrolment group "closing" is disabled',
    });
    expect(await device.register('https')).toMatchObject({ status: 'disabled' });
    mqtt.close();
  });

  it('still gets in after the server was restarted, and after somebody deleted the authority that signed it', async () => {
    const device = new Device();
    const credential = device.credential(await device.register('https'));
    await server.restart();
    await sendsTelemetry(credential);
    const own = (await server.hub.certificates.list()).find(({ name }) => name === 'viaduct-issuing-ca');
    await server.hub.certificates.remove('viaduct-issuing-ca', own?.etag);
    await server.restart();
    await sendsTelemetry(credential);
  });

  it('is one whose authority anybody may know who is told to trust it', async () => {
    const device = new Device();
    const { chain } = device.credential(await device.register('https'));
    const { text } = await manage('GET', '/credentialPolicies/default/certificate');
    const pems = text.match(/-----BEGIN CERTIFICATE-----[\w+/=\s]+-----END CERTIFICATE-----/g) ?? [];
    expect(pems.map((pem) => new X509Certificate(pem).raw.toString('base64'))).toEqual(chain.slice(1));
  });
});

interface Credential {
  readonly deviceId: string;
  readonly chain: readonly string[];
  readonly cert: string;
  readonly key: string;
}

/** A device of a group, with the key that it derives from that of the group, and the key of its latest request. */
class Device {
  readonly id = `pump-${randomUUID()}`;
  readonly #key: string;
  #keyPem = '';

  constructor(group = 'pumps') {
    this.#key = createHmac('sha256', Buffer.from(groupKey(group), 'base64'))
      .update(this.id)
      .digest('base64');
  }

  /** Registers and polls to the end; resolves with the last answer. */
  async register(transport: 'https' | 'mqtt', request: Partial<CsrInput> = {}): Promise<Json> {
    const { csr, keyPem } = await makeCertificateRequest({ commonName: this.id, ...request });
    this.#keyPem = keyPem;
    const body = { registrationId: this.id, csr };
    return transport === 'https' ? this.#registerOverHttps(body) : this.#registerOverMqtt(body);
  }

  credential({ registrationState }: Json): Credential {
    const { issuedCertificateChain, deviceId } = registrationState as {
      issuedCertificateChain: string[];
      deviceId: string;
    };
    expect(issuedCertificateChain).toHaveLength(3);
    return credentialOf(deviceId, issuedCertificateChain, this.#keyPem);
  }

  /** To the hub, with the certificate. */
  async connect({ cert, key }: Credential, { clean = true } = {}): Promise<RawMqtt> {
    const mqtt = await RawMqtt.open(server.ready, { cert, key });
    mqtt.send({
      ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: this.id, clean, keepalive: 60 },
      username: `${server.ready.hostName}/${this.id}/?api-version=2025-08-01-preview`,
    });
    expect((await mqtt.next('connack')).returnCode).toBe(0);
    return mqtt;
  }

  ask(mqtt: RawMqtt, body: object, requestId = 'ask-1'): void {
    mqtt.publish(`$iothub/credentials/POST/issueCertificate/?$rid=${requestId}`, JSON.stringify(body), 1);
  }

  async #registerOverHttps(body: object): Promise<Json> {
    const path = `/${idScope}/registrations/${this.id}`;
    const headers = { authorization: this.#token() };
    const { json } = await ask('PUT', `${path}/register?${VERSION}`, { headers, body });
    if (json.status !== 'assigning') return json;
    return until(async () => {
      const answer = await ask('GET', `${path}/operations/${String(json.operationId)}?${VERSION}`, { headers });
      return answer.json.status !== 'assigning' && answer.json;
    });
  }

  async #registerOverMqtt(body: object): Promise<Json> {
    const mqtt = await RawMqtt.open(server.ready);
    mqtt.send({
      ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: this.id, clean: true, keepalive: 60 },
      username: `${idScope}/registrations/${this.id}/${VERSION}&ClientVersion=test`,
      password: Buffer.from(this.#token()),
    });
    expect((await mqtt.next('connack')).returnCode).toBe(0);
    await mqtt.subscribe('$dps/registrations/res/#', 1);
    const say = async (topic: string, text: string) => {
      mqtt.publish(topic, text, 1);
      return JSON.parse((await mqtt.next('publish')).payload.toString()) as Json;
    };
    const first = await say('$dps/registrations/PUT/iotdps-register/?$rid=1', JSON.stringify(body));
    const poll = `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=${String(first.operationId)}`;
    const last =
      first.status === 'assigning'
        ? await until(async () => {
            const answer = await say(poll, '');
            return answer.status !== 'assigning' && answer;
          })
        : first;
    mqtt.close();
    return last;
  }

  #token(): string {
    return signSas(`${idScope}/registrations/${this.id}`, this.#key, soon(), 'registration');
  }
}

const soon = () => Math.floor(Date.now() / 1_000) + 600;

type Json = Readonly<Record<string, unknown>>;

function credentialOf(deviceId: string, chain: readonly string[], key: string): Credential {
  return { deviceId, chain, cert: pemOf(chain[0]), key };
}

function pemOf(base64 = ''): string {
  return new X509Certificate(Buffer.from(base64, 'base64')).toString();
}

/** With the client that knows nothing of how it came by its certificate. */
async function sendsTelemetry({ deviceId, cert, key }: Credential): Promise<void> {
  const client = Client.fromConnectionString(`HostName=${server.ready.hostName};DeviceId=${deviceId};x509=true`, Mqtt);
  await client.setOptions({ ca, cert, key });
  await client.open();
  await client.sendEvent(new Message('{}'));
  await client.close();
}

/** What others think of it who know only the root. */
function verifyWithOpenssl(chain: readonly string[]): void {
  if (!existsSync('/usr/bin/openssl')) return;
  const folder = mkdtempSync(join(tmpdir(), 'viaduct-chain-'));
  const [leaf = '', issuing = '', root = ''] = ['leaf', 'issuing', 'root'].map((name) => join(folder, `${name}.pem`));
  [leaf, issuing, root].forEach((file, i) => void writeFileSync(file, pemOf(chain[i])));
  const options = ['-x509_strict', '-purpose', 'sslclient', '-CAfile', root, '-untrusted', issuing];
  expect(execFileSync('openssl', ['verify', ...options, leaf]).toString()).toBe(`${leaf}: OK\n`);
  rmSync(folder, { recursive: true });
}

/** Makes a group, or changes it. */
async function enrollGroup(id: string, credentialPolicyName: string, provisioningStatus = 'enabled'): Promise<void> {
  const [primaryKey, secondaryKey] = [groupKey(id), groupKey(`${id} too`)];
  const attestation = { type: 'symmetricKey', symmetricKey: { primaryKey, secondaryKey } };
  const body = { enrollmentGroupId: id, attestation, provisioningStatus, credentialPolicyName };
  const path = `/enrollmentGroups/${id}?${VERSION}`;
  const answer = await manage('PUT', path, body, provisioningStatus === 'enabled' ? {} : { 'if-match': '*' });
  expect(answer.json).toMatchObject({ credentialPolicyName, provisioningStatus });
}

/** As an operator. */
async function manage(method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) {
  const policy = await server.provisioning.policies.find('provisioningserviceowner');
  const authorization = signSas(server.ready.hostName, policy?.primaryKey ?? '', soon(), policy?.name);
  const answer = await ask(method, path, {
    headers: { ...headers, authorization },
    ...(body === undefined ? {} : { body }),
  });
  expect(answer.status).toBe(200);
  return answer;
}

async function ask(
  method: string,
  path: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body?: object },
): Promise<{ status: number; json: Json; text: string }> {
  const { hostName, ports } = server.ready;
  return new Promise((resolve, reject) => {
    const asked = request({ host: hostName, port: ports.https, method, path, ca, headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      const isJson = answer.headers['content-type']?.startsWith('application/json') === true;
      resolve({ status: answer.statusCode ?? 0, json: isJson ? (JSON.parse(text) as Json) : {}, text });
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
