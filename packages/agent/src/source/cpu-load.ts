import { type CpuInfo, cpus } from 'node:os';

/** Time one core has spent since the machine started, milliseconds. */
export interface CoreTimes {
  readonly busyMs: number;
  readonly totalMs: number;
}

export function readCoreTimes(): readonly CoreTimes[] {
  return coreTimes(cpus());
}

/** Waiting for the disk counts as idle, as in `top`: Node gives no separate figure. */
export function coreTimes(cores: readonly Pick<CpuInfo, 'times'>[]): readonly CoreTimes[] {
  return cores.map(({ times }) => {
    const totalMs = times.user + times.nice + times.sys + times.idle + times.irq;
    return { busyMs: totalMs - times.idle, totalMs };
  });
}

/** Load of each core between two readings, percent. A core whose clock did not move (or came back from sleep) counts as 0. */
export function coreLoads(before: readonly CoreTimes[], after: readonly CoreTimes[]): readonly number[] {
  return after.map((now, core) => {
    const then = before[core];
    const elapsed = then === undefined ? 0 : now.totalMs - then.totalMs;
    if (then === undefined || elapsed <= 0) return 0;
    return Math.min(100, Math.max(0, ((now.busyMs - then.busyMs) / elapsed) * 100));
  });
}
