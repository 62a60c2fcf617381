import { describe, expect, it } from 'vitest';
import { plainAddress } from './plain-address.ts';

describe('plainAddress', () => {
  it.each([
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['::1', '::1'],
    ['2001:db8::ffff:1', '2001:db8::ffff:1'],
    ['unknown', 'unknown'],
  ])('says %s as %s', (address, plain) => {
    expect(plainAddress(address)).toBe(plain);
  });
});
