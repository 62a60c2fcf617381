import { LIMITS } from '@viaduct/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody } from './decode-body.ts';

const decode = (body: string | Buffer, contentEncoding?: string) => decodeBody(Buffer.from(body), contentEncoding);

describe('decodeBody', () => {
  it('shows JSON as JSON, whatever the device said it sends', () => {
    expect(decode('{"temperature":21.5}')).toEqual({ kind: 'json', value: { temperature: 21.5 } });
    expect(decode(' 21.5 ')).toEqual({ kind: 'json', value: 21.5 });
    expect(decode('null')).toEqual({ kind: 'json', value: null });
  });

  it('shows what only looks like JSON as text', () => {
    for (const text of ['NaN', 'Infinity', '{"a":1,}', "{'a':1}", '', 'hello']) {
      expect(decode(text)).toEqual({ kind: 'text', value: text });
    }
  });

  it('shows text of other tongues, and UTF-16 when the device says so', () => {
    expect(decode('温度 21°')).toEqual({ kind: 'text', value: '温度 21°' });
    expect(decode(Buffer.from('{"t":1}', 'utf16le'), 'utf-16')).toEqual({ kind: 'json', value: { t: 1 } });
  });

  it('shows the first 4 KiB of anything else', () => {
    const bytes = Buffer.alloc(10_000, 0xff);
    expect(decode(bytes)).toEqual({ kind: 'binary', value: bytes.subarray(0, 4_096).toString('base64') });
  });

  it('shows a body of 256 KiB, and one that nests too deep to be written again as text', () => {
    const large = JSON.stringify({ text: '['.repeat(LIMITS.TELEMETRY_BYTES_MAX - 20) });
    expect(decode(large).kind).toBe('json');
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(decode(deep)).toEqual({ kind: 'text', value: deep });
  });

  it('answers any bytes with something that can be sent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(JSON.parse(JSON.stringify(decodeBody(Buffer.from(bytes), undefined)))).toHaveProperty('kind');
      }),
    );
  });

  it('gives every JSON value back', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(decode(text)).toEqual({ kind: 'json', value: JSON.parse(text) });
      }),
    );
  });
});
