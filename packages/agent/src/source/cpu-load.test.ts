import { describe, expect, it } from 'vitest';
import { coreLoads, coreTimes, readCoreTimes } from './cpu-load.ts';

const core = (user: number, sys: number, idle: number) => ({ times: { user, nice: 0, sys, idle, irq: 0 } });

describe('coreLoads', () => {
  it('is the busy share of the time that passed, for each core', () => {
    const before = coreTimes([core(1000, 500, 8500), core(0, 0, 100)]);
    const after = coreTimes([core(1600, 650, 8750), core(0, 0, 1100)]);
    expect(coreLoads(before, after)).toEqual([75, 0]);
  });

  it('is 0 for a core that appeared, stood still or went back in time', () => {
    const after = coreTimes([core(10, 0, 10), core(5, 0, 5), core(5, 0, 5)]);
    const before = coreTimes([core(10, 0, 10), core(50, 0, 50)]);
    expect(coreLoads(before, after)).toEqual([0, 0, 0]);
  });

  it('reads as many cores as the machine has', () => {
    const times = readCoreTimes();
    expect(times.length).toBeGreaterThan(0);
    expect(coreLoads(times, readCoreTimes()).every((load) => load >= 0 && load <= 100)).toBe(true);
  });
});
