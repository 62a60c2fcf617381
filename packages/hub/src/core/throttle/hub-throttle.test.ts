import { LIMITS } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { RecentDevices } from './device-buckets.ts';
import { HubThrottle } from './hub-throttle.ts';
import { changeLimits, THROTTLE_PROFILES } from './throttle-limits.ts';

const d1 = { deviceId: 'd1' };
const d2 = { deviceId: 'd2' };

describe('HubThrottle', () => {
  it('limits nothing that is not named', () => {
    const { throttle } = made('device.telemetry=1/s');
    for (let i = 0; i < 1_000; i++) expect(throttle.take(d1, 'twinRead')).toBe(0);
    expect(throttle.stateOf(d1)).toEqual([]);
  });

  it('holds a noisy device back and no other', () => {
    const { throttle } = made('device.telemetry=10/s:1,hub.telemetry=1000/s');
    throttle.take(d1, 'telemetry');
    expect(throttle.take(d1, 'telemetry')).toBe(100);
    expect(throttle.take(d1, 'telemetry')).toBe(200);
    expect(throttle.take(d2, 'telemetry')).toBe(0);
  });

  it('holds everybody back when all together are too fast', () => {
    const { throttle } = made('hub.telemetry=10/s:1');
    expect([throttle.take(d1, 'telemetry'), throttle.take(d2, 'telemetry')]).toEqual([0, 100]);
    expect(throttle.stateOf(d2)).toMatchObject([{ scope: 'hub', limitPerSecond: 10 }]);
  });

  it('refuses what would wait longer than the bound, and takes nothing for it', () => {
    const { throttle } = made('device.telemetry=1/s,hub.telemetry=20/s:20');
    expect(() => throttle.take(d1, 'telemetry', 30)).toThrow(expect.objectContaining({ code: 'throttle.exceeded' }));
    expect(throttle.take(d1, 'telemetry')).toBe(0);
    expect(throttle.take(d2, 'telemetry', 1)).toBe(0);
  });

  it('lets a refused device in again when it has waited', () => {
    const { throttle, clock } = made('device.connect=1/min');
    throttle.take(d1, 'connect');
    expect(() => throttle.take(d1, 'connect')).toThrow('1/min');
    clock.time += 60_000;
    expect(throttle.take(d1, 'connect')).toBe(0);
  });

  it('remembers what it held and refused, of each device and of all', () => {
    const { throttle, clock } = made('device.telemetry=2/s:1');
    throttle.take(d1, 'telemetry');
    throttle.take(d1, 'telemetry');
    expect(() => throttle.take(d1, 'telemetry', 100)).toThrow();
    expect(throttle.stateOf(d1)).toEqual([
      {
        operation: 'telemetry',
        heldCount: 1,
        refusedCount: 1,
        lastTime: clock.time,
        scope: 'device',
        limitPerSecond: 2,
      },
    ]);
    expect(throttle.totals).toEqual([
      { operation: 'telemetry', scope: 'device', heldCount: 1, heldMs: 500, refusedCount: 1 },
    ]);
  });

  it('counts what belongs to no device against the hub only', () => {
    const { throttle } = made('device.registry=1/min,hub.registry=10/s:1');
    expect([throttle.take(null, 'registry'), throttle.take(null, 'registry')]).toEqual([0, 100]);
  });
});

describe('RecentDevices', () => {
  it('forgets who was not heard of for long, and never holds more than it may', () => {
    const devices = new RecentDevices(10);
    const first = devices.get(d1);
    for (let i = 0; i < 1_000; i++) {
      devices.get({ deviceId: `x${i}` });
      expect(devices.size).toBeLessThanOrEqual(10);
    }
    expect(devices.get(d1)).not.toBe(first);
  });

  it('keeps who is heard of again and again', () => {
    const devices = new RecentDevices(10);
    const first = devices.get(d1);
    for (let i = 0; i < 1_000; i++) {
      devices.get({ deviceId: `x${i}` });
      if (i % 4 === 0) expect(devices.get(d1)).toBe(first);
    }
  });
});

function made(text: string) {
  const clock = { time: Date.UTC(2030, 0, 1), now: () => clock.time };
  const throttle = new HubThrottle({ clock }, changeLimits(THROTTLE_PROFILES.relaxed, text), null);
  expect(LIMITS.THROTTLE_HOLD_SECONDS_MAX).toBe(10);
  return { throttle, clock };
}
