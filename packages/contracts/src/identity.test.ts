import { describe, expect, it } from 'vitest';
import { identityKey, isValidId, parseIdentityKey, partitionFor } from './identity.ts';

describe('identity', () => {
  it('accepts the registry alphabet and nothing else', () => {
    expect(isValidId("AZaz09-:.+%_#*?!(),=@;$'")).toBe(true);
    for (const id of ['', 'a/b', 'a b', 'ä', 'a'.repeat(129), 'a\n']) expect(isValidId(id), id).toBe(false);
  });

  it('round-trips as a key', () => {
    for (const identity of [{ deviceId: 'd' }, { deviceId: 'd', moduleId: 'm' }])
      expect(parseIdentityKey(identityKey(identity))).toEqual(identity);
    expect(() => parseIdentityKey('a/b/c')).toThrow();
  });

  it('keeps a device in its partition for ever', () => {
    // Recorded once: a change would split the history of every device.
    expect(['d1', 'thermostat-7', 'Ω'].map((id) => partitionFor(id, 4))).toEqual([2, 0, 0]);
  });
});
