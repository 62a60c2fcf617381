import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QuotaStore } from '../ports.ts';
import { DailyQuota } from './daily-quota.ts';

const DAY_MS = 86_400_000;
const clock = { time: 0, now: () => clock.time };
let store: QuotaStore & { readonly days: Map<number, number> };
let open: DailyQuota[];

beforeEach(() => {
  clock.time = Date.UTC(2030, 0, 1, 12);
  const days = new Map<number, number>();
  store = {
    days,
    used: async (day) => days.get(day) ?? 0,
    save: async (day, used) => void days.set(day, used),
  };
  open = [];
});
afterEach(() => Promise.all(open.map((quota) => quota.close())));

describe('DailyQuota', () => {
  it('counts a message once for each 4 KiB, and an empty one once', async () => {
    const quota = await opened(100);
    for (const bytes of [0, 1, 4_096, 4_097, 262_144]) quota.count(bytes);
    expect(quota.used).toBe(1 + 1 + 1 + 2 + 64);
  });

  it('refuses what does not fit, and still takes what does', async () => {
    const quota = await opened(3);
    quota.count(8_000);
    expect(() => quota.count(8_000)).toThrow(expect.objectContaining({ code: 'quota.dailyExceeded' }));
    quota.count(1);
    expect(() => quota.count(1)).toThrow('3 messages');
  });

  it('begins anew at midnight, UTC', async () => {
    const quota = await opened(1);
    quota.count(1);
    clock.time += DAY_MS / 2;
    quota.count(1);
    expect(quota.used).toBe(1);
  });

  it('goes on counting after a restart, and starts at nothing on another day', async () => {
    const before = await opened(10);
    before.count(1);
    before.count(1);
    await before.close();
    expect((await opened(10)).used).toBe(2);
    clock.time += DAY_MS;
    expect((await opened(10)).used).toBe(0);
  });

  it('gives no day twice when the clock is set back', async () => {
    const quota = await opened(1);
    clock.time += DAY_MS;
    quota.count(1);
    clock.time -= DAY_MS;
    expect(() => quota.count(1)).toThrow(expect.objectContaining({ code: 'quota.dailyExceeded' }));
  });
});

async function opened(max: number): Promise<DailyQuota> {
  const quota = await DailyQuota.open({ clock }, store, max, { intervalMs: 60_000 });
  open.push(quota);
  return quota;
}
