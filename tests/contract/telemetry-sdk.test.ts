import { Message } from 'azure-iot-common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Conformance, startConformance } from './sdk/conformance.ts';
import { asReaderSees } from './sdk/event-tap.ts';
import { notSupported } from './sdk/not-supported.ts';
import { ALL, isAmqp, isMqtt, suites, type TransportName } from './sdk/transports.ts';

/** Telemetry with the unmodified device client: whichever transport carried it, a reader sees the same. */
let hub: Conformance;
beforeAll(async () => {
  hub = await startConformance();
});
afterAll(() => hub.close());

const TELEMETRY_BYTES_MAX = 262_144;
/** AMQP and HTTPS clients add the address they send to, which counts. */
const ROOM_FOR_ADDRESS = 256;
const MODEL_ID = 'dtmi:com:example:Thermostat;1';
const EXPIRY = new Date('2030-01-01T00:00:00.000Z');

/** The clients disagree on how they want to be told a time. */
function expiryFor(transport: TransportName): unknown {
  if (transport === 'https') return EXPIRY.toISOString();
  return isAmqp(transport) ? EXPIRY.getTime() : EXPIRY;
}

function fullMessage(transport: TransportName): Message {
  const message = new Message(JSON.stringify({ temperature: 21.5 }));
  message.messageId = 'm-1';
  message.correlationId = '6f9b4f3e-8f0a-4e1e-9d3c-1f2e3d4c5b6a';
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.interfaceId = 'urn:example:sensor:1';
  message.expiryTimeUtc = expiryFor(transport);
  message.properties.add('level', 'high & more = 100%');
  message.properties.add('dt-subject', 'thermostat1');
  return message;
}

const AS_SEEN = {
  body: { temperature: 21.5 },
  properties: { level: 'high & more = 100%' },
  messageId: 'm-1',
  correlationId: '6f9b4f3e-8f0a-4e1e-9d3c-1f2e3d4c5b6a',
  contentType: 'application/json',
  system: {
    'iothub-connection-auth-method': '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
    'iothub-message-source': 'Telemetry',
    'iothub-interface-id': 'urn:example:sensor:1',
    'dt-subject': 'thermostat1',
    messageId: 'm-1',
    correlationId: '6f9b4f3e-8f0a-4e1e-9d3c-1f2e3d4c5b6a',
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    absoluteExpiryTime: EXPIRY.getTime(),
  },
};

describe.each(suites(ALL))('%s', (_suite, transport) => {
  it('telemetry: system and application properties, component, interface', async () => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    await client.sendEvent(fullMessage(transport));
    expect(asReaderSees(await hub.tap.firstOf(device.identity))).toEqual(AS_SEEN);
  });

  it('telemetry: a user id', async (context) => {
    // The AMQP client leaves it out; nothing is to be seen then.
    if (isAmqp(transport)) notSupported(context, 'the client');
    const device = await hub.newDevice();
    const message = new Message('{}');
    message.userId = 'somebody';
    const client = await device.device(transport);
    await client.sendEvent(message);
    const { systemProperties } = await hub.tap.firstOf(device.identity);
    expect(textOf(systemProperties?.userId)).toBe(isAmqp(transport) ? '' : 'somebody');
  });

  it('telemetry: names and values in any script', async (context) => {
    // A header is Latin-1: the client throws before it sends.
    if (transport === 'https') notSupported(context, 'the protocol');
    const device = await hub.newDevice();
    const message = new Message('höch 21 °C');
    message.properties.add('größe', '大きい');
    const client = await device.device(transport);
    const sending = client.sendEvent(message);
    if (transport === 'https') return expect(sending).rejects.toThrow();
    await sending;
    const event = await hub.tap.firstOf(device.identity);
    expect(event.properties).toEqual({ größe: '大きい' });
    expect(String(event.body)).toBe('höch 21 °C');
  });

  it('telemetry: an empty body, and bytes that are no text', async () => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    const bytes = Buffer.from([0, 255, 128, 10, 13]);
    await client.sendEvent(new Message(''));
    await client.sendEvent(new Message(bytes));
    const [empty, binary] = await hub.tap.telemetryOf(device.identity, 2);
    expect(bytesOf(empty?.body)).toEqual(Buffer.alloc(0));
    expect(bytesOf(binary?.body)).toEqual(bytes);
  });

  it('telemetry: 256 KB; more is refused, and the next message goes through', async () => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    const largest = Buffer.alloc(TELEMETRY_BYTES_MAX - ROOM_FOR_ADDRESS, 'x');
    await client.sendEvent(new Message(largest));
    const tooLarge = new Message(Buffer.alloc(TELEMETRY_BYTES_MAX + 1, 'x'));
    await expect(client.sendEvent(tooLarge)).rejects.toMatchObject({ name: 'MessageTooLargeError' });
    await client.sendEvent(new Message('after'));
    const [large, after] = await hub.tap.telemetryOf(device.identity, 2);
    expect(bytesOf(large?.body).equals(largest)).toBe(true);
    expect(String(after?.body)).toBe('after');
    // MQTT cannot refuse one message, so its client does; what the hub does to another one is in mqtt-wire.test.ts.
    if (isMqtt(transport)) return;
    const [refusal] = await hub.server.hub.refusals.list(device.deviceId);
    expect(refusal).toMatchObject({ code: 'message.tooLarge', transport });
  });

  it('telemetry: a batch in one request', async (context) => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    const messages = ['a', 'b', 'c'].map((text) => {
      const message = new Message(text);
      message.properties.add('name', text);
      return message;
    });
    if (transport !== 'https') {
      notSupported(context, isMqtt(transport) ? 'the protocol' : 'the client');
      return expect(client.sendEventBatch(messages)).rejects.toMatchObject({ name: 'NotImplementedError' });
    }
    await client.sendEventBatch(messages);
    const events = await hub.tap.telemetryOf(device.identity, 3);
    expect(events.map((event) => [String(event.body), event.properties])).toEqual([
      ['a', { name: 'a' }],
      ['b', { name: 'b' }],
      ['c', { name: 'c' }],
    ]);
  });

  it('telemetry: 100 messages at once arrive in order', async () => {
    const device = await hub.newDevice();
    const client = await device.device(transport);
    const numbers = Array.from({ length: 100 }, (_, i) => i);
    // One after the other over HTTPS: its requests take connections of their own and may overtake each other.
    if (transport === 'https') for (const n of numbers.slice(0, 10)) await client.sendEvent(new Message(String(n)));
    else await Promise.all(numbers.map((n) => client.sendEvent(new Message(String(n)))));
    const count = transport === 'https' ? 10 : 100;
    const events = await hub.tap.telemetryOf(device.identity, count);
    expect(events.map(({ body }) => Number(String(body)))).toEqual(numbers.slice(0, count));
  });

  it('model: announced when connecting, kept in the twin', async (context) => {
    const device = await hub.newDevice();
    await device.device(transport, { modelId: MODEL_ID });
    const { modelId } = (await hub.registry.getTwin(device.deviceId)).responseBody as { modelId?: string };
    if (!isMqtt(transport)) {
      notSupported(context, 'the client');
      return expect(modelId || '').toBe('');
    }
    expect(modelId).toBe(MODEL_ID);
  });

  it('model: named in every message of the device (dt-dataschema)', async () => {
    const device = await hub.newDevice();
    await (await device.device('mqtt', { modelId: MODEL_ID })).close();
    const client = await device.device(transport);
    await client.sendEvent(new Message('{}'));
    const { systemProperties } = await hub.tap.firstOf(device.identity);
    expect(systemProperties?.['dt-dataschema']).toBe(MODEL_ID);
  });
});

/** The reader's client makes a plain object of bytes. */
function textOf(bytes: object | undefined): string {
  return Buffer.from(Object.values(bytes ?? {}) as number[]).toString();
}

function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(String(body));
}
