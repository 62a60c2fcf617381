import { LIMITS } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { onlineByDay } from './online-by-day.ts';

const at = (text: string) => Date.parse(`${text}Z`);

describe('onlineByDay', () => {
  it('divides a stay by the days it lasted, and tells when it was', () => {
    const changes = [
      { time: at('2026-05-01T18:00'), isConnected: true },
      { time: at('2026-05-03T06:00'), isConnected: false },
    ];
    const [first, second, third] = onlineByDay(changes, at('2026-05-01T00:00'), at('2026-05-03T12:00'));
    const whole = { elapsedSeconds: 86_400 };
    expect(first).toEqual({
      ...{ ...whole, date: '2026-05-01', onlineSeconds: 21_600, knownSeconds: 21_600 },
      ...{ connects: 1, online: [[64_800, 86_400]] },
    });
    expect(second).toEqual({
      ...{ ...whole, date: '2026-05-02', onlineSeconds: 86_400, knownSeconds: 86_400 },
      ...{ connects: 0, online: [[0, 86_400]] },
    });
    expect(third).toEqual({
      ...{ date: '2026-05-03', onlineSeconds: 21_600, knownSeconds: 43_200, elapsedSeconds: 43_200 },
      ...{ connects: 0, online: [[0, 21_600]] },
    });
  });

  it('knows from a change before how it began, and nothing without one', () => {
    const before = [{ time: at('2026-04-01T00:00'), isConnected: false }];
    const [day] = onlineByDay(before, at('2026-05-01T00:00'), at('2026-05-02T00:00'));
    expect(day).toMatchObject({ date: '2026-05-01', onlineSeconds: 0, knownSeconds: 86_400, connects: 0, online: [] });
    expect(onlineByDay([], at('2026-05-01T00:00'), at('2026-05-02T00:00'))[0]?.knownSeconds).toBe(0);
  });

  it('closes the shortest breaks of a day that has more than can be drawn, and counts all', () => {
    const start = at('2026-05-01T00:00');
    const comings = Array.from({ length: 1_000 }, (_, i) => [
      { time: start + i * 60_000, isConnected: true },
      // Every tenth break lasts half a minute, the others a second.
      { time: start + i * 60_000 + (i % 10 === 9 ? 30_000 : 59_000), isConnected: false },
    ]);
    const [day] = onlineByDay(comings.flat(), start, start + 86_400_000);
    expect(day?.connects).toBe(1_000);
    expect(day?.onlineSeconds).toBe(900 * 59 + 100 * 30);
    expect(day?.online.length).toBeLessThanOrEqual(LIMITS.CONNECTIVITY_STAYS_PER_DAY_MAX);
    const breaks = day?.online.slice(1).map(([from], i) => from - (day.online[i]?.[1] ?? 0)) ?? [];
    expect(breaks.filter((seconds) => seconds === 30)).toHaveLength(99);
  });
});
