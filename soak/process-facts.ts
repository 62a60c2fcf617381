import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process, bytes. Linux. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

/** Open file descriptors of a process: files, sockets, pipes. Linux. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

export interface Sample {
  readonly seconds: number;
  readonly bytes: number;
}

/** Bytes per second by least squares; undefined for fewer than three samples. */
export function slope(samples: readonly Sample[]): number | undefined {
  if (samples.length < 3) return undefined;
  const mean = (pick: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + pick(sample), 0) / samples.length;
  const [meanSeconds, meanBytes] = [mean(({ seconds }) => seconds), mean(({ bytes }) => bytes)];
  let covariance = 0;
  let variance = 0;
  for (const { seconds, bytes } of samples) {
    covariance += (seconds - meanSeconds) * (bytes - meanBytes);
    variance += (seconds - meanSeconds) ** 2;
  }
  return covariance / variance;
}
