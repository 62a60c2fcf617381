import { issueCertificate } from '@viaduct/testkit';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../core/ports.ts';
import { AddressTemplate } from './address-template.ts';
import { endpointAdapters } from './endpoint-adapters.ts';
import { messageHeaders } from './message-headers.ts';
import { routedMessage } from './messages-under-test.ts';

/** Nothing is opened here, so nothing of the hub is touched. */
const adapters = endpointAdapters({ clock: { now: () => 0 }, hostNames: [], blobs: undefined as never });
const read = (json: JsonObject) => adapters.adapter(String(json.kind)).read(json);
const amqp = { kind: 'amqp', url: 'amqps://broker.example:5671', address: 'telemetry' };
const kafka = { kind: 'kafka', brokers: ['broker.example:9092'], topic: 'telemetry' };
const nats = { kind: 'nats', servers: ['nats://broker.example:4222'], subject: 'hub.{deviceId}' };
const mqtt = { kind: 'mqtt', url: 'mqtt://broker.example', topic: 'hub/{deviceId}' };
const s3 = { kind: 'storage', destination: 's3', endpoint: 'https://s3.example', bucket: 'plant', accessKeyId: 'k' };
const SECRET_KEY = 'c2VjcmV0';
const eventHub = `Endpoint=sb://n.example/;SharedAccessKeyName=send;SharedAccessKey=${SECRET_KEY};EntityPath=telemetry`;

describe('a configuration', () => {
  it.each([amqp, kafka, nats, mqtt, { kind: 'amqp', connectionString: eventHub }])(
    'is read again as it was read: $kind',
    (json) => {
      const once = read(json) as unknown as JsonObject;
      expect(read(once)).toEqual(once);
    },
  );

  it('gives up the name and password of its URL', () => {
    expect(read({ ...amqp, url: 'amqps://hub:a%2Fb@broker.example' })).toMatchObject({
      url: 'amqps://broker.example',
      userName: 'hub',
      password: 'a/b',
      saslMechanism: 'PLAIN',
    });
    expect(read({ ...mqtt, url: 'mqtt://hub:x@broker.example:1884' })).toMatchObject({
      url: 'mqtt://broker.example:1884',
      userName: 'hub',
      password: 'x',
    });
  });

  it.each([
    [{ ...amqp, url: 'https://broker.example' }, '"url" must be amqp://host:port or amqps://host:port'],
    [{ ...amqp, adress: 'x' }, '"adress" is no setting here; there are "kind", "form", "url"'],
    [{ ...amqp, address: '' }, '"address" must be a text of 1 to 512 characters'],
    [{ ...amqp, saslMechanism: 'PLAIN' }, '"userName" is missing: PLAIN needs it'],
    [{ ...amqp, saslMechanism: 'EXTERNAL' }, '"certificate" is missing: EXTERNAL needs it and its key'],
    [{ ...amqp, ca: 'not a certificate' }, '"ca" must be a certificate in PEM'],
    [{ ...amqp, privateKey: 'not a key' }, '"privateKey" must be a private key in PEM without a passphrase'],
    [{ kind: 'amqp', connectionString: 'Endpoint=sb://n/;SharedAccessKey=k' }, 'it has no SharedAccessKeyName'],
    [{ kind: 'amqp', connectionString: eventHub.replace(';EntityPath=telemetry', '') }, 'it has no EntityPath'],
    [{ ...kafka, brokers: [] }, '"brokers" must be a list of 1 to 16 texts'],
    [{ ...kafka, brokers: ['broker.example'] }, '"brokers[0]" must be host:port'],
    [{ ...kafka, topic: 'a b' }, '"topic" must be made of letters'],
    [{ ...kafka, topic: '..' }, '"topic" must be made of letters'],
    [{ ...kafka, sasl: { mechanism: 'GSSAPI' } }, '"sasl.mechanism" must be one of "PLAIN", "SCRAM-SHA-256"'],
    [{ ...kafka, sasl: { mechanism: 'PLAIN', userName: 'u' } }, '"sasl.password" is missing'],
    [{ ...kafka, tls: 'yes' }, '"tls" must be true or false'],
    [{ ...nats, servers: ['nats://a', 'tls://b'] }, '"servers" must all begin with tls:// or none of them'],
    [{ ...nats, servers: ['nats://u:p@a'] }, 'user name and password have fields of their own'],
    [{ ...nats, subject: 'hub.>' }, '"subject" must be tokens joined by "."'],
    [{ ...nats, subject: '$SYS.x' }, '"subject" must be tokens joined by "."'],
    [{ ...nats, subject: 'hub.{device}' }, '"subject" has {device}; there are {deviceId} and {source}'],
    [{ ...nats, credentials: { kind: 'nkey', seed: 'x' } }, '"credentials.seed" must be the seed of a user: SU…'],
    [{ ...mqtt, topic: 'hub/#' }, '"topic" must be a topic without "+" and "#"'],
    [{ ...mqtt, topic: 'hub/{deviceId' }, '"topic" has {deviceId; there are {deviceId} and {source}'],
    [{ ...mqtt, qos: 2 }, '"qos" must be one of 0, 1'],
    [{ ...mqtt, url: 'mqtt://hub:%zz@broker.example' }, '"url" has a broken percent escape'],
  ])('is refused in words: %j', (json, words) => {
    expect(() => read(json)).toThrow(
      expect.objectContaining({ code: 'argument.invalid', message: expect.stringContaining(words) }),
    );
  });

  it('takes an authority only where there is TLS', async () => {
    const { pem: ca } = await issueCertificate({ commonName: 'authority', ca: true });
    expect(read({ ...amqp, ca })).toMatchObject({ ca });
    for (const json of [{ ...amqp, url: 'amqp://broker.example' }, { ...kafka, tls: false }, nats, mqtt])
      expect(() => read({ ...json, ca })).toThrow('"ca" needs TLS');
  });

  it('is shown without its secrets', () => {
    const settings = [
      { ...amqp, userName: 'u', password: SECRET_KEY },
      { kind: 'amqp', connectionString: eventHub },
      { ...kafka, sasl: { mechanism: 'PLAIN', userName: 'u', password: SECRET_KEY } },
      { ...nats, credentials: { kind: 'token', token: SECRET_KEY } },
      { ...mqtt, userName: 'u', password: SECRET_KEY },
      { ...s3, secretAccessKey: SECRET_KEY },
    ];
    for (const json of settings) {
      const adapter = adapters.adapter(json.kind);
      const configuration = adapter.read(json);
      expect(adapter.address(configuration)).not.toContain(SECRET_KEY);
      const shown = structuredClone(configuration) as unknown as Record<string, unknown>;
      for (const path of adapter.secretFields) remove(shown, path.split('.'));
      expect(JSON.stringify(shown)).not.toContain(SECRET_KEY);
    }
  });
});

function remove(value: unknown, [name = '', ...rest]: string[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (rest.length === 0) delete (value as Record<string, unknown>)[name];
  else remove((value as Record<string, unknown>)[name], rest);
}

describe('what a device says of itself', () => {
  it('never stands where the hub says who it is', () => {
    const application = {
      'iothub-connection-device-id': 'another',
      'Viaduct-Offset': '1',
      'iothub-connection-module-id': 'm',
    };
    const message = routedMessage({ application: { ...application, 'message-id': 'x', mine: 'yes' } });
    const headers = messageHeaders(message);
    expect(headers.filter(([name]) => name === 'iothub-connection-device-id')).toEqual([
      ['iothub-connection-device-id', 'pump-7'],
    ]);
    expect(headers.map(([name]) => name)).not.toContain('iothub-connection-module-id');
    expect(headers.map(([name]) => name.toLowerCase()).filter((name) => name === 'viaduct-offset').length).toBe(1);
    expect(Object.fromEntries(headers)).toMatchObject({ 'message-id': message.system.messageId, mine: 'yes' });
  });

  it('becomes one level of an address, and two devices never share one', () => {
    const template = new AddressTemplate('a.{deviceId}.{source}', /[.%]/g);
    const fill = (deviceId: string) => template.fill({ deviceId, source: 'DeviceMessages' });
    expect(fill('x.y')).toBe('a.x%2Ey.DeviceMessages');
    expect(fill('x%2Ey')).toBe('a.x%252Ey.DeviceMessages');
    expect(fill('{source}')).toBe('a.{source}.DeviceMessages');
  });
});
