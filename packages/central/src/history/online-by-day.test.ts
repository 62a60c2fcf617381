import { describe, expect, it } from 'vitest';
import { onlineByDay } from './online-by-day.ts';

const at = (text: string) => Date.parse(`${text}Z`);

describe('onlineByDay', () => {
  it('divides a stay by the days it lasted', () => {
    const changes = [
      { time: at('2026-05-01T18:00'), isConnected: true },
      { time: at('2026-05-03T06:00'), isConnected: false },
    ];
    expect(onlineByDay(changes, at('2026-05-01T00:00'), at('2026-05-03T12:00'))).toEqual([
      { date: '2026-05-01', onlineSeconds: 21_600, knownSeconds: 21_600, connects: 1 },
      { date: '2026-05-02', onlineSeconds: 86_400, knownSeconds: 86_400, connects: 0 },
      { date: '2026-05-03', onlineSeconds: 21_600, knownSeconds: 43_200, connects: 0 },
    ]);
  });

  it('knows from a change before how it began, and nothing without one', () => {
    const before = [{ time: at('2026-04-01T00:00'), isConnected: false }];
    const [day] = onlineByDay(before, at('2026-05-01T00:00'), at('2026-05-02T00:00'));
    expect(day).toEqual({ date: '2026-05-01', onlineSeconds: 0, knownSeconds: 86_400, connects: 0 });
    expect(onlineByDay([], at('2026-05-01T00:00'), at('2026-05-02T00:00'))[0]?.knownSeconds).toBe(0);
  });
});
