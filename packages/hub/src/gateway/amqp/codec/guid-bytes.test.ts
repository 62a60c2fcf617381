import { describe, expect, it } from 'vitest';
import { guidBytes, uuidBytes, uuidText } from './guid-bytes.ts';

describe('guidBytes', () => {
  it('lays a GUID out as .NET does, so that its clients make the same text of it again', () => {
    expect(guidBytes('00112233-4455-6677-8899-aabbccddeeff').toString('hex')).toBe('33221100554477668899aabbccddeeff');
  });

  it('makes 16 bytes of anything', () => {
    expect(guidBytes('abc')).toHaveLength(16);
    expect(guidBytes('ff'.repeat(40))).toHaveLength(16);
  });
});

describe('uuidBytes', () => {
  it('keeps the order of the text, and the text comes back', () => {
    const text = '00112233-4455-6677-8899-aabbccddeeff';
    expect(uuidBytes(text).toString('hex')).toBe(text.replaceAll('-', ''));
    expect(uuidText(uuidBytes(text))).toBe(text);
  });
});
