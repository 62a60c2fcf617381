import * as fc from 'fast-check';
import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { AuthMethod, encodeRecord, RecordFlag, Source } from '../../../core/record/record.ts';
import { AmqpWriter } from '../codec/amqp-writer.ts';
import { EVENT_PAYLOAD } from './event-payload.ts';

const TIME = Date.UTC(2030, 0, 1);

function encoded(data: Buffer, newest?: { first: number; next: number; lastEnqueuedTime: number }) {
  const writer = new AmqpWriter(16);
  EVENT_PAYLOAD.write(writer, { record: { offset: 300, enqueuedTime: TIME, data }, newest, now: TIME + 5 });
  return rhea.message.decode(writer.take()) as unknown as Record<string, unknown> & { body: { content: Buffer } };
}

const module = { deviceId: 'd1', moduleId: 'm1', generationId: '638', authMethod: AuthMethod.policyKey, modelId: null };

describe('EVENT_PAYLOAD', () => {
  it('says who spoke, when, and how we know, as another implementation reads it', () => {
    const message = encoded(encodeRecord(module, Source.telemetry, 0, '%24.sub=pump&%24.ifid=urn', Buffer.from('x')));
    expect(message.message_annotations).toEqual({
      'x-opt-sequence-number': 300,
      'x-opt-offset': '300',
      'x-opt-enqueued-time': new Date(TIME),
      'iothub-enqueuedtime': new Date(TIME),
      'iothub-connection-device-id': 'd1',
      'iothub-connection-module-id': 'm1',
      'iothub-connection-auth-method': '{"scope":"hub","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
      'iothub-connection-auth-generation-id': '638',
      'iothub-message-source': 'Telemetry',
      'dt-subject': 'pump',
      'iothub-interface-id': 'urn',
    });
    expect(message.body.content).toEqual(Buffer.from('x'));
  });

  it('carries system and application properties', () => {
    const bag =
      '%24.mid=m&%24.uid=u&%24.to=t&%24.cid=c&%24.ct=a%2Fb&%24.ce=utf-8&%24.exp=2030-01-01T00%3A00%3A00Z&k=v&n';
    const flags = RecordFlag.retain | RecordFlag.duplicate | RecordFlag.will;
    expect(encoded(encodeRecord(module, Source.telemetry, flags, bag, Buffer.alloc(0)))).toMatchObject({
      message_id: 'm',
      user_id: Buffer.from('u'),
      to: 't',
      correlation_id: 'c',
      content_type: 'a/b',
      content_encoding: 'utf-8',
      absolute_expiry_time: new Date(TIME),
      application_properties: {
        k: 'v',
        n: '',
        'mqtt-retain': 'true',
        'mqtt-dup': 'true',
        'iothub-MessageType': 'Will',
      },
    });
  });

  it('tells where the partition ends when asked to', () => {
    const data = encodeRecord(module, Source.telemetry, 0, '', Buffer.from('x'));
    const message = encoded(data, { first: 0, next: 301, lastEnqueuedTime: TIME });
    expect(message.delivery_annotations).toEqual({
      last_enqueued_sequence_number: 300,
      last_enqueued_offset: '300',
      last_enqueued_time_utc: new Date(TIME),
      runtime_info_retrieval_time_utc: new Date(TIME + 5),
    });
    expect(encoded(data).delivery_annotations).toBeUndefined();
  });

  it('keeps two devices apart whose ids run together', () => {
    const speaker = (deviceId: string, generationId: string) => ({ ...module, deviceId, generationId });
    const one = encoded(encodeRecord(speaker('ab', 'c'), Source.telemetry, 0, '', Buffer.from('x')));
    const two = encoded(encodeRecord(speaker('a', 'bc'), Source.telemetry, 0, '', Buffer.from('x')));
    expect(one.message_annotations).toMatchObject({ 'iothub-connection-device-id': 'ab' });
    expect(two.message_annotations).toMatchObject({ 'iothub-connection-device-id': 'a' });
  });

  it('says the same of a message whether its like was seen before or not, and never what another said', async () => {
    const bag = fc.constantFrom('', '%24.ct=a&k=1', '%24.ct=a&k=2', '%24.mid=7&k=1', 'mid=7', `k=${'x'.repeat(2_000)}`);
    const record = fc.record({
      bag,
      flags: fc.nat(7),
      source: fc.constantFrom(1, 2, 5),
      body: fc.string(),
      id: fc.nat(2),
    });
    await fc.assert(
      fc.property(fc.array(record, { minLength: 2, maxLength: 8 }), (said) => {
        for (const { bag, flags, source, body, id } of said) {
          const speaker = { ...module, deviceId: `d${id}` };
          const message = encoded(encodeRecord(speaker, source as Source, flags, bag, Buffer.from(body)));
          const application = (message.application_properties ?? {}) as Record<string, string>;
          expect(message.message_annotations).toMatchObject({
            'iothub-connection-device-id': `d${id}`,
            'x-opt-offset': '300',
          });
          expect(application.k).toBe(/k=([^&]*)/.exec(bag)?.[1]);
          expect(application.mid).toBe(bag === 'mid=7' ? '7' : undefined);
          expect(application['mqtt-dup']).toBe((flags & RecordFlag.duplicate) === 0 ? undefined : 'true');
          expect(message.message_id ?? null).toBe(bag.startsWith('%24.mid') ? '7' : null);
          expect(message.content_type ?? null).toBe(bag.startsWith('%24.ct') ? 'a' : null);
          expect(message.body.content.toString()).toBe(body);
        }
      }),
    );
  });
});
