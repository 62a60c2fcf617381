import { loadavg, uptime } from 'node:os';
import { type CoreTimes, coreLoads, readCoreTimes } from './source/cpu-load.ts';
import { readDisk } from './source/disk.ts';
import { readMemory } from './source/memory.ts';
import { type NetworkCounters, networkRate, readNetworkCounters } from './source/network-rate.ts';
import { readProcessCount } from './source/process-count.ts';
import { readTemperatures, type Temperatures } from './source/temperature.ts';

/**
 * The body of one telemetry message. Keys are stable and described, with their units, by `model/machine.json`;
 * a test compares the two. Optional keys are those that not every kernel offers.
 */
export interface MachineSample {
  /** Percent, mean of all cores. */
  readonly cpuLoad: number;
  /** `core0`, `core1` …: percent. */
  readonly cpuLoadPerCore: Readonly<Record<string, number>>;
  /** MiB. */
  readonly memoryUsed: number;
  readonly memoryTotal: number;
  /** GiB of the file system at `/`. */
  readonly diskUsed: number;
  readonly diskFree: number;
  /** KiB/s over all interfaces but the loopback. */
  readonly networkReceiveRate?: number;
  readonly networkTransmitRate?: number;
  /** °C by sensor. */
  readonly temperatures?: Temperatures;
  readonly processCount?: number;
  /** Seconds since the machine started. */
  readonly uptime: number;
  /** Runnable processes, mean of 1, 5 and 15 minutes. */
  readonly loadAverage1Minute: number;
  readonly loadAverage5Minutes: number;
  readonly loadAverage15Minutes: number;
}

const KIB = 1024;
const MIB = KIB * 1024;
const GIB = MIB * 1024;

/** Takes samples. Load and rates are differences, so it keeps the previous reading of the counters. */
export class MachineSampler {
  #cores: readonly CoreTimes[] = readCoreTimes();
  #network: NetworkCounters | undefined;

  async sample(): Promise<MachineSample> {
    const [memory, disk, rate, temperatures, processCount] = await Promise.all([
      readMemory(),
      readDisk(),
      this.#networkRate(),
      readTemperatures(),
      readProcessCount(),
    ]);
    const loads = this.#coreLoads();
    const [one = 0, five = 0, fifteen = 0] = loadavg();

    return {
      cpuLoad: round(loads.reduce((sum, load) => sum + load, 0) / Math.max(1, loads.length), 1),
      cpuLoadPerCore: Object.fromEntries(loads.map((load, core) => [`core${core}`, round(load, 1)])),
      memoryUsed: round(memory.usedBytes / MIB, 1),
      memoryTotal: round(memory.totalBytes / MIB, 1),
      diskUsed: round(disk.usedBytes / GIB, 3),
      diskFree: round(disk.freeBytes / GIB, 3),
      ...(rate === undefined
        ? {}
        : {
            networkReceiveRate: round(rate.receiveBytesPerSecond / KIB, 2),
            networkTransmitRate: round(rate.transmitBytesPerSecond / KIB, 2),
          }),
      ...(Object.keys(temperatures).length === 0 ? {} : { temperatures }),
      ...(processCount === undefined ? {} : { processCount }),
      uptime: Math.floor(uptime()),
      loadAverage1Minute: round(one, 2),
      loadAverage5Minutes: round(five, 2),
      loadAverage15Minutes: round(fifteen, 2),
    };
  }

  #coreLoads(): readonly number[] {
    const before = this.#cores;
    this.#cores = readCoreTimes();
    return coreLoads(before, this.#cores);
  }

  async #networkRate() {
    const before = this.#network;
    // A monotonic clock: a step of the wall clock would make rates negative or absurd.
    this.#network = await readNetworkCounters(performance.now());
    return before === undefined || this.#network === undefined ? undefined : networkRate(before, this.#network);
  }
}

/** Digits that mean something: telemetry is kept for years. */
function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
