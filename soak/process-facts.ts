import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Resident memory of a process, bytes. Linux. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

/** Open file descriptors of a process: files, sockets, pipes. Linux. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** What they are of: paths, and `socket:[]`, `pipe:[]` and the like, with how many there are of each. */
export function descriptorKinds(pid: number): Readonly<Record<string, number>> {
  const kinds: Record<string, number> = {};
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    const kind = linkTarget(`/proc/${pid}/fd/${name}`).replace(/\[\d+\]/, '[]');
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

/** It may be closed between the listing and the look. */
function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'closed meanwhile';
    throw error;
  }
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
