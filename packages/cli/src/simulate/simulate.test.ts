import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ServerAddress } from '../server-address.ts';
import type { Connect } from './device-connection.ts';
import { Fleet } from './fleet.ts';
import { SensorSignal } from './signals.ts';

const credentials = ['a', 'b', 'c'].map((deviceId) => ({ deviceId, key: '', connectionString: '' }));
const address = {} as ServerAddress;

function fleetOf(send: (body: string) => Promise<void>, ratePerSecond = 200) {
  const closed: string[] = [];
  const connect: Connect = async ({ credential }) => ({
    send,
    close: async () => {
      closed.push(credential.deviceId);
    },
  });
  return { fleet: new Fleet({ address, credentials, connect, ca: undefined, ratePerSecond }), closed };
}

describe('SensorSignal', () => {
  it('stays within what a sensor can say, and repeats for the same seed', () => {
    const one = new SensorSignal(1);
    const same = new SensorSignal(1);
    for (let second = 0; second < 86_400; second += 60) {
      const reading = one.read(second);
      expect(reading).toEqual(same.read(second));
      expect(reading.temperature).toBeGreaterThan(10);
      expect(reading.temperature).toBeLessThan(32);
      expect(reading.humidity).toBeGreaterThanOrEqual(5);
      expect(reading.humidity).toBeLessThanOrEqual(95);
      expect(reading.vibration).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('Fleet', () => {
  it('connects all, sends from all, and counts what was acknowledged', async () => {
    const bodies: string[] = [];
    const stop = new AbortController();
    const { fleet, closed } = fleetOf(async (body) => {
      bodies.push(body);
      if (bodies.length === 30) stop.abort();
    });
    await fleet.connect(stop.signal);
    expect(fleet.statistics.connected).toBe(3);
    await fleet.run(stop.signal);
    await fleet.close();
    expect(fleet.statistics.sent).toBeGreaterThanOrEqual(30);
    expect(fleet.statistics.acknowledged).toBe(fleet.statistics.sent);
    expect(JSON.parse(bodies[0] ?? '')).toHaveProperty('temperature');
    expect(closed.sort()).toEqual(['a', 'b', 'c']);
  });

  it('skips the turn of a device whose messages nobody acknowledges, instead of piling them up', async () => {
    const stop = new AbortController();
    const { fleet } = fleetOf(() => new Promise(() => undefined), 1_000);
    await fleet.connect(stop.signal);
    const run = fleet.run(stop.signal);
    while (fleet.statistics.skipped === 0) await pause(5);
    stop.abort();
    await run;
    expect(fleet.statistics.sent).toBe(3 * 16);
    expect(fleet.statistics.acknowledged).toBe(0);
  });
});
