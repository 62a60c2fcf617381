import { describe, expect, it } from 'vitest';
import { isRoutingName, lagWords } from './routing-words.ts';

describe('lagWords', () => {
  it('says how far, and how long when it is long', () => {
    expect(lagWords({ lagMessages: 0, lagSeconds: 0 })).toBe('up to date');
    expect(lagWords({ lagMessages: 12, lagSeconds: 3 })).toBe('12 behind');
    expect(lagWords({ lagMessages: 1_200, lagSeconds: 260 })).toBe('1,200 behind, the oldest 4 min');
    expect(lagWords({ lagMessages: 5, lagSeconds: 7_300 })).toBe('5 behind, the oldest 2 h');
  });
});

describe('isRoutingName', () => {
  it('takes what the wire takes', () => {
    expect(['a', 'to-archive_1.x', 'x'.repeat(64)].every(isRoutingName)).toBe(true);
    expect(['', 'a b', 'ä', 'x'.repeat(65)].some(isRoutingName)).toBe(false);
  });
});
