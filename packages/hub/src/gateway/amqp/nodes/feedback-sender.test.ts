import { describe, expect, it } from 'vitest';
import { asciiJson } from './feedback-sender.ts';

describe('asciiJson', () => {
  it('says everything in ASCII, and the same when it is read', () => {
    const value = [{ originalMessageId: 'Grüße 🚰', deviceId: 'd1' }];
    const text = asciiJson(value);
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(text)).toEqual(value);
  });
});
