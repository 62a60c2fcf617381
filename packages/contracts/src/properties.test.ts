import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPropertyBag, parsePropertyBag } from './properties.ts';

describe('parsePropertyBag', () => {
  it('tells system from application properties, escaped or raw', () => {
    expect(parsePropertyBag('%24.mid=m1&$.ct=application%2Fjson&level=high&flag&empty=')).toEqual({
      system: { messageId: 'm1', contentType: 'application/json' },
      application: { level: 'high', flag: '', empty: '' },
    });
  });

  it('drops the trailing slash that the Node client sends for module outputs', () => {
    expect(parsePropertyBag('%24.on=out1/').system).toEqual({ outputName: 'out1' });
  });

  it('does not believe a device that stamps for the hub', () => {
    expect(parsePropertyBag('iothub-connection-device-id=other&iothub-message-source=x&a=1').application).toEqual({
      a: '1',
    });
  });

  it('keeps a broken escape as text and a plus as a plus', () => {
    expect(parsePropertyBag('a=100%&b=1+1').application).toEqual({ a: '100%', b: '1+1' });
  });

  it('never pollutes prototypes', () => {
    expect(parsePropertyBag('__proto__=x&constructor=y').application).toMatchObject({ constructor: 'y' });
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('gives properties for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc
            .array(fc.constantFrom('%', '&', '=', '%24', '.', 'a', '/', '%zz'), { maxLength: 40 })
            .map((p) => p.join('')),
        ),
        (bag) => {
          const { system, application } = parsePropertyBag(bag);
          for (const value of [...Object.values(system), ...Object.values(application)])
            expect(value).toBeTypeOf('string');
        },
      ),
    );
  });
});

describe('formatPropertyBag', () => {
  it('writes system properties first, with the dollar escaped, and leaves empty values out', () => {
    const bag = formatPropertyBag(
      {
        system: { correlationId: 'c', messageId: 'm', to: '/devices/d/messages/deviceBound' },
        application: { 'a b': 'ü&', none: '' },
      },
      'full',
    );
    expect(bag).toBe(
      '%24.mid=m&%24.to=%2Fdevices%2Fd%2Fmessages%2FdeviceBound&%24.cid=c&iothub-ack=full&a%20b=%C3%BC%26',
    );
  });

  it('is read back by parsePropertyBag', () => {
    const name = fc
      .string({ minLength: 1 })
      .filter((s) => !s.startsWith('$.') && !s.toLowerCase().startsWith('iothub-') && s !== '__proto__');
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.string({ minLength: 1 })),
        fc.string({ minLength: 1 }),
        (application, messageId) => {
          const bag = formatPropertyBag({ system: { messageId }, application });
          expect(parsePropertyBag(bag)).toEqual({ system: { messageId }, application: { ...application } });
        },
      ),
    );
  });
});
