import { describe, expect, it } from 'vitest';
import { durationMs, durationText, durationWords } from './duration.ts';
import { rangeBefore, readRange, shiftRange, spanOf, timeSearch, writeRange } from './time-choice.ts';

const NOW = Date.parse('2026-11-29T12:00:00Z');

describe('durations', () => {
  it.each([
    ['PT30M', 1_800_000, '30 minutes'],
    ['P1W', 604_800_000, '1 week'],
    ['P1DT12H', 129_600_000, '1 day 12 hours'],
  ])('reads %s', (text, ms, words) => {
    expect(durationMs(text)).toBe(ms);
    expect(durationWords(text)).toBe(words);
  });

  it.each(['', 'P', 'PT', 'PT0S', '1h', 'P-1D', 'P1M'])('is not fooled by "%s"', (text) => {
    expect(durationMs(text)).toBeUndefined();
  });

  it('writes what it reads', () => {
    expect(durationText(90 * 60_000)).toBe('PT1H30M');
    expect(durationMs(durationText(2 * 86_400_000))).toBe(2 * 86_400_000);
  });
});

describe('the time in the address', () => {
  it('is relative or absolute, and survives a round trip', () => {
    const between = '2026-11-29T10:00:00.000Z/2026-11-29T12:00:00.000Z';
    expect(writeRange(readRange(between) ?? { kind: 'last', duration: '' })).toBe(between);
    expect(readRange('PT1H')).toEqual({ kind: 'last', duration: 'PT1H' });
  });

  it('drops what was cut or runs backwards', () => {
    expect(readRange('2026-11-29T12:00:00Z/2026-11-29T10:00:00Z')).toBeUndefined();
    expect(timeSearch({ time: 'yesterday', live: 'true', compare: 1 })).toEqual({ live: true });
  });

  it('knows the period before, and steps back and forth', () => {
    const hour = { kind: 'last', duration: 'PT1H' } as const;
    const before = rangeBefore(hour, NOW);
    expect(before).toEqual({ kind: 'between', from: '2026-11-29T10:00:00.000Z', to: '2026-11-29T11:00:00.000Z' });
    expect(shiftRange(before, 1, NOW)).toEqual(hour);
    expect(spanOf(shiftRange(hour, -2, NOW), NOW)).toEqual({ fromMs: NOW - 3 * 3_600_000, toMs: NOW - 2 * 3_600_000 });
  });
});
