import { describe, expect, it } from 'vitest';
import { asciiJson, guidBytes } from './feedback-sender.ts';

describe('guidBytes', () => {
  it('lays a GUID out as .NET does, so that its clients make the same text of it again', () => {
    expect(guidBytes('00112233-4455-6677-8899-aabbccddeeff').toString('hex')).toBe('33221100554477668899aabbccddeeff');
  });

  it('makes 16 bytes of anything', () => {
    expect(guidBytes('abc')).toHaveLength(16);
  });
});

describe('asciiJson', () => {
  it('says everything in ASCII, and the same when it is read', () => {
    const value = [{ originalMessageId: 'Grüße 🚰', deviceId: 'd1' }];
    const text = asciiJson(value);
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(text)).toEqual(value);
  });
});
