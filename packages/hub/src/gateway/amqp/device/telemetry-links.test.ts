import { openCertificates } from '@viaduct/server';
import { nextLoopbackAddress, until } from '@viaduct/testkit';
import rhea, { type Message } from 'rhea';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DecodedRecord } from '../../../core/record/record.ts';
import { type DeviceTestServer, type KnownDevice, startDeviceTestServer } from './device-test-server.ts';
import { RheaPeer, sent } from './rhea-peer.ts';

const BATCH_FORMAT = 0x8001_3700;
const { message: rheaMessage, types } = rhea;

let server: DeviceTestServer;
let device: KnownDevice;
let module: KnownDevice;
let peer: RheaPeer;
let count = 0;

beforeAll(async () => {
  server = await startDeviceTestServer(nextLoopbackAddress(), openCertificates);
});

beforeEach(async () => {
  device = await server.device(`d${++count}`);
  module = await server.device(`d${count}/m1`);
  peer = new RheaPeer(server);
  expect(await peer.putToken(peer.tokenOf(device))).toBe(200);
  return () => peer.close();
});

afterAll(async () => {
  expect(server.faults).toEqual([]);
  await server.close();
});

const open = (options: object = {}) => peer.sender(`/devices/${device.deviceId}/messages/events`, options);

async function kept(): Promise<DecodedRecord> {
  return (await server.telemetryOf(device)).at(-1) as DecodedRecord;
}

describe('telemetry over AMQP', () => {
  it('is accepted when the log has it, with system properties wherever clients put them', async () => {
    const link = await open();
    const message = {
      message_id: 'm-1',
      correlation_id: 'c/1',
      user_id: Buffer.from('user'),
      to: '/devices/d/messages/events',
      content_type: 'application/json',
      content_encoding: 'utf-8',
      absolute_expiry_time: new Date(Date.UTC(2031, 0, 1)),
      message_annotations: {
        'iothub-interface-id': 'urn:security',
        'dt-subject': 'thermostat1',
        'Diagnostic-Id': 'trace',
        'Correlation-Context': 'timestamp=1',
        other: 'dropped',
      },
      application_properties: {
        'iothub-creation-time-utc': '2030-01-01T00:00:00Z',
        'iothub-message-schema': 'schema',
        'a & b': 'c=d/',
        number: 7,
        truth: true,
        nothing: null,
        '$.ct': 'spoofed',
        'iothub-connection-device-id': 'somebody else',
        'iothub-enqueuedtime': 'never',
      },
      body: rheaMessage.data_section(Buffer.from('{"t":21}')),
    };
    expect(await sent(link, message as unknown as Message)).toMatchObject({ outcome: 'accepted' });
    const record = await kept();
    expect(record.properties).toEqual({
      system: {
        messageId: 'm-1',
        correlationId: 'c/1',
        userId: 'user',
        to: '/devices/d/messages/events',
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        absoluteExpiryTime: '2031-01-01T00:00:00.000Z',
        interfaceId: 'urn:security',
        component: 'thermostat1',
        diagnosticId: 'trace',
        diagnosticContext: 'timestamp=1',
        creationTimeUtc: '2030-01-01T00:00:00Z',
        messageSchema: 'schema',
      },
      application: { 'a & b': 'c=d/', number: '7', truth: 'true', nothing: '' },
    });
    expect(record.body.toString()).toBe('{"t":21}');
  });

  it.each([
    ['several data sections', rheaMessage.data_sections([Buffer.from('one '), Buffer.from('two')]), 'one two'],
    ['a string', 'text ü', 'text ü'],
    ['a binary value', types.wrap_binary(Buffer.from('bytes')), 'bytes'],
    ['null', null, ''],
    ['an empty data section', rheaMessage.data_section(Buffer.alloc(0)), ''],
  ])('may have %s as its body', async (_, body, expected) => {
    expect(await sent(await open(), { body } as Message)).toMatchObject({ outcome: 'accepted' });
    expect((await kept()).body.toString()).toBe(expected);
  });

  it('may have no body at all, and ids that are uuids or numbers', async () => {
    const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
    const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
    const encoded = Buffer.concat([
      Buffer.from([0x00, 0x53, 0x73, 0xc0, 0x1a, 0x06, 0x98]),
      bytes,
      Buffer.from([0x40, 0x40, 0x40, 0x40, 0x80, 0, 0, 0, 0, 0, 0, 0, 5]),
    ]);
    // Size: the count and what follows it.
    encoded[4] = encoded.length - 5;
    expect(await sent(await open(), encoded, 0)).toMatchObject({ outcome: 'accepted' });
    const record = await kept();
    expect(record.properties.system).toEqual({ messageId: uuid, correlationId: '5' });
    expect(record.body).toHaveLength(0);
  });

  it.each([
    ['a list', ['a'], 'com.microsoft:argument-error'],
    ['a sequence', rheaMessage.sequence_section(['a']), 'com.microsoft:argument-error'],
    ['more than 256 KiB', rheaMessage.data_section(Buffer.alloc(262_145)), 'amqp:link:message-size-exceeded'],
  ])('is rejected with %s as its body, and the link goes on', async (_, body, condition) => {
    const link = await open();
    expect(await sent(link, { body } as Message)).toEqual({ outcome: 'rejected', condition });
    expect(await sent(link, { body: 'next' })).toMatchObject({ outcome: 'accepted' });
    expect(await server.telemetryOf(device)).toHaveLength(1);
    expect(server.refusals.at(-1)).toMatchObject({ deviceId: device.deviceId });
  });

  it('that is not AMQP is rejected, and the link goes on', async () => {
    const link = await open();
    expect(await sent(link, Buffer.from('no message'), 0)).toEqual({
      outcome: 'rejected',
      condition: 'amqp:decode-error',
    });
    expect(await sent(link, { body: 'next' })).toMatchObject({ outcome: 'accepted' });
  });

  it('of a batch is kept one by one, each with its own properties, and acknowledged as one', async () => {
    const batch = batchOf(Array.from({ length: 100 }, (_, i) => ({ message_id: `m-${i}`, body: `${i}` })));
    expect(await sent(await open(), batch, BATCH_FORMAT)).toMatchObject({ outcome: 'accepted' });
    const records = await server.telemetryOf(device);
    expect(records.map(({ body }) => body.toString())).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
    expect(records[7]?.properties.system).toEqual({ messageId: 'm-7' });
  });

  it('of a batch with one that cannot be kept is rejected whole, and none is kept', async () => {
    const batch = batchOf([{ body: 'good' }, { body: rheaMessage.data_section(Buffer.alloc(262_145)) }]);
    expect(await sent(await open(), batch, BATCH_FORMAT)).toEqual({
      outcome: 'rejected',
      condition: 'amqp:link:message-size-exceeded',
    });
    expect(await server.telemetryOf(device)).toEqual([]);
    expect(await sent(await open(), batchOf([]), BATCH_FORMAT)).toMatchObject({ outcome: 'accepted' });
  });

  it('keeps its order beyond the credit of the link, and what is sent settled is kept too', async () => {
    const link = await open();
    const settled = await open({ snd_settle_mode: 1 });
    expect(link.is_open()).toBe(false);
    let next = 0;
    const send = () => {
      while (settled.sendable() && next < 1_000) settled.send({ body: `${next++}` });
    };
    settled.on('sendable', send);
    send();
    const records = await until(async () => {
      const found = await server.telemetryOf(device);
      return found.length === 1_000 && found;
    });
    expect(records.map(({ body }) => Number(body.toString()))).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
  });

  it('carries the model that any of the links announced, from then on', async () => {
    const link = await open();
    await sent(link, { body: 'before' });
    const properties = { 'com.microsoft:model-id': 'dtmi:example:Thermostat;1' };
    await peer.sender(`/devices/${device.deviceId}/twin`, { properties });
    await sent(link, { body: 'after' });
    const records = await server.telemetryOf(device);
    expect(records.map(({ modelId }) => modelId)).toEqual([null, 'dtmi:example:Thermostat;1']);
    expect(await server.hub.registry.find(device)).toMatchObject({ modelId: 'dtmi:example:Thermostat;1' });
  });

  it("of a module says which output it comes from, and is the module's", async () => {
    expect(await peer.putToken(peer.tokenOf(module))).toBe(200);
    const address = `amqps://${server.address}/Devices/${module.deviceId}/Modules/m1/Messages/Events`;
    const link = await peer.sender(address);
    await sent(link, { body: 'x', application_properties: { 'iothub-outputname': 'alerts' } });
    expect(await server.telemetryOf(device)).toEqual([]);
    expect(await server.telemetryOf(module)).toMatchObject([
      { moduleId: 'm1', properties: { system: { outputName: 'alerts' }, application: {} } },
    ]);
  });

  it('finds the attach answered as clients want it: both termini, settle modes, a real size, a map', async () => {
    const link = await open({ source: 'the bare id', snd_settle_mode: 0, rcv_settle_mode: 0 });
    const answer = (link as unknown as { remote: { attach: Record<string, unknown> } }).remote.attach;
    expect(answer).toMatchObject({ snd_settle_mode: 0, rcv_settle_mode: 0, properties: {} });
    expect(Number(answer.max_message_size)).toBe(1_048_576);
    expect((answer.source as { address: string }).address).toBe('the bare id');
    expect((answer.target as { address: string }).address).toBe(`/devices/${device.deviceId}/messages/events`);
    expect((link as unknown as { credit: number }).credit).toBeGreaterThanOrEqual(50);
  });
});

function batchOf(messages: readonly object[]): Buffer {
  const encoded = messages.map((message) => rheaMessage.encode(message as Message));
  if (encoded.length === 0) return rheaMessage.encode({ body: rheaMessage.data_sections([]) } as Message);
  return rheaMessage.encode({ body: rheaMessage.data_sections(encoded) } as Message);
}
