import { describe, expect, it } from 'vitest';
import { readJson, readNumber, readPairs } from './read-json.ts';

describe('readJson', () => {
  it('reads a value, and explains quotes where it cannot', () => {
    expect(readJson('the payload', '{"a":1}')).toEqual({ a: 1 });
    expect(() => readJson('the payload', '{a:1}')).toThrow(/the payload is not JSON/);
  });
});

describe('readNumber', () => {
  it('accepts what is in range and whole where it must be', () => {
    const range = { min: 1, max: 10, whole: true };
    expect(readNumber('--top', '10', range)).toBe(10);
    for (const text of ['0', '11', '2.5', '', 'ten', 'NaN', '1e9']) {
      expect(() => readNumber('--top', text, range)).toThrow(/--top/);
    }
  });
});

describe('readPairs', () => {
  it('splits at the first equals sign', () => {
    expect(readPairs('--property', ['a=1', 'b=2=3'])).toEqual({ a: '1', b: '2=3' });
    expect(() => readPairs('--property', ['a'])).toThrow(/name=value/);
  });
});
