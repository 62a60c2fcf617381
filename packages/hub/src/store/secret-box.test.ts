import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretBox } from './secret-box.ts';

const key = randomBytes(32);
const box = new SecretBox(key);

describe('SecretBox', () => {
  it('opens what it sealed, and seals the same secret differently each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (secret, place) => {
        const sealed = box.seal(secret, place);
        expect(box.open(sealed, place)).toBe(Buffer.from(secret, 'utf8').toString('utf8'));
        expect(sealed.equals(box.seal(secret, place))).toBe(false);
      }),
    );
  });

  it('refuses another key, another place, and any changed byte', () => {
    const sealed = box.seal('secret', 'here');
    expect(() => new SecretBox(randomBytes(32)).open(sealed, 'here')).toThrow(/cannot be opened/);
    expect(() => box.open(sealed, 'there')).toThrow(/cannot be opened/);
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(i) ^ 1, i);
      expect(() => box.open(changed, 'here')).toThrow(/cannot be opened/);
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(() => box.open(sealed.subarray(0, length), 'here')).toThrow(/cannot be opened/);
    }
  });
});
