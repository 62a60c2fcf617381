import { HubError } from '@viaduct/contracts';
import * as fc from 'fast-check';
import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { parseAmqpMessage } from './amqp-message.ts';
import { AmqpReader, type AmqpValue } from './amqp-reader.ts';
import { AmqpWriter } from './amqp-writer.ts';

function written(write: (writer: AmqpWriter) => void): Buffer {
  const writer = new AmqpWriter(1);
  write(writer);
  return writer.take();
}

function read(bytes: Buffer): AmqpValue {
  const reader = new AmqpReader(bytes);
  const value = reader.value();
  expect(reader.remaining).toBe(0);
  return value;
}

describe('AmqpWriter', () => {
  it('writes integers of either sign that read back the same', async () => {
    await fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(read(written((writer) => writer.long(value)))).toBe(value);
      }),
    );
  });

  it('writes texts of any length and alphabet', async () => {
    await fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        expect(read(written((writer) => writer.string(text)))).toBe(text);
      }),
    );
  });

  it('writes an array of strings as another implementation reads it', () => {
    const bytes = written((writer) => writer.stringArray(['0', '1', '2']));
    const typed = new (rheaCodec().Reader)(bytes).read() as { value: { value: string }[] };
    expect(typed.value.map(({ value }) => value)).toEqual(['0', '1', '2']);
  });

  it('writes maps that read back in order', () => {
    const bytes = written((writer) => {
      const map = writer.openMap();
      writer.symbol('status');
      writer.int(200);
      writer.string('time');
      writer.timestamp(1_900_000_000_000);
      writer.close(map, 4);
    });
    expect([...(read(bytes) as Map<string, unknown>)]).toEqual([
      ['status', 200],
      ['time', new Date(1_900_000_000_000)],
    ]);
  });
});

describe('AmqpReader', () => {
  it('makes a value or a refusal of any bytes, and walks over them alike', async () => {
    await fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const [made, skipped] = [tried(bytes, (reader) => reader.value()), tried(bytes, (reader) => reader.skip())];
        // A value may be refused where stepping over it is not: some types have no value here.
        if (made !== undefined) expect(skipped).toBe(made);
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not believe a list that promises more items than it has bytes', () => {
    const list = Buffer.from('d000000004ffffffff', 'hex');
    const array = Buffer.from('f000000005ffffffff40', 'hex');
    for (const bytes of [list, array]) {
      expect(() => new AmqpReader(bytes).value()).toThrow(HubError);
      expect(() => new AmqpReader(bytes).skip()).toThrow(HubError);
    }
  });

  it('does not follow values nested without end', () => {
    expect(() => new AmqpReader(Buffer.alloc(60_000)).skip()).toThrow(HubError);
    expect(() => new AmqpReader(Buffer.alloc(60_000)).value()).toThrow(HubError);
  });
});

describe('parseAmqpMessage', () => {
  it('reads what another implementation wrote', () => {
    const message = parseAmqpMessage(
      rhea.message.encode({
        message_id: 'm1',
        to: '/devices/d1/messages/devicebound',
        reply_to: 'cbs',
        content_type: 'application/json',
        absolute_expiry_time: new Date(1_900_000_000_000) as unknown as number,
        application_properties: { operation: 'put-token', 'iothub-ack': 'full', level: 7 },
        body: rhea.message.data_section(Buffer.from('{}')),
      }),
    );
    expect(message).toMatchObject({
      messageId: 'm1',
      to: '/devices/d1/messages/devicebound',
      replyTo: 'cbs',
      contentType: 'application/json',
      absoluteExpiryTime: 1_900_000_000_000,
      body: { kind: 'data', bytes: Buffer.from('{}') },
    });
    expect(message.applicationProperties.get('iothub-ack')).toBe('full');
    expect(message.applicationProperties.get('level')).toBe(7);
  });

  it.each([
    ['a text', rhea.types.wrap_string('m1')],
    ['a uuid', rhea.types.wrap_uuid(Buffer.alloc(16, 7))],
    ['a number', rhea.types.wrap_ulong(3)],
  ])('keeps an id that is %s, byte for byte', (_, id) => {
    const { messageIdEncoded } = parseAmqpMessage(
      rhea.message.encode({ message_id: id as unknown as string, body: 'x' }),
    );
    const writer = new (rheaCodec().Writer)();
    writer.write(id);
    expect(messageIdEncoded).toEqual(writer.toBuffer());
  });

  it('joins data sections, and has no body where there is none', () => {
    const two = rhea.message.encode({ body: rhea.message.data_sections([Buffer.from('a'), Buffer.from('b')]) });
    expect(parseAmqpMessage(two).body).toEqual({ kind: 'data', bytes: Buffer.from('ab') });
    expect(parseAmqpMessage(Buffer.alloc(0)).body).toEqual({ kind: 'none' });
  });

  it('makes a message or a refusal of any bytes', async () => {
    await fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          parseAmqpMessage(Buffer.from(bytes));
        } catch (error) {
          expect(error).toMatchObject({ code: 'packet.malformed' });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Where reading stopped; undefined when it was refused. */
function tried(bytes: Uint8Array, use: (reader: AmqpReader) => unknown): number | undefined {
  const reader = new AmqpReader(Buffer.from(bytes));
  try {
    use(reader);
    return reader.at;
  } catch (error) {
    expect(error).toMatchObject({ code: 'packet.malformed' });
    return undefined;
  }
}

/** What rhea has and its typings leave out. */
interface RheaCodec {
  readonly Reader: new (bytes: Buffer) => { read(): unknown };
  readonly Writer: new () => { write(value: unknown): void; toBuffer(): Buffer };
}

function rheaCodec(): RheaCodec {
  return rhea.types as unknown as RheaCodec;
}
