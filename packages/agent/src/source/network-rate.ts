import { readFile } from 'node:fs/promises';

/** Bytes since the machine started, over all interfaces but the loopback. */
export interface NetworkCounters {
  readonly receivedBytes: number;
  readonly transmittedBytes: number;
  readonly atMs: number;
}

export interface NetworkRate {
  readonly receiveBytesPerSecond: number;
  readonly transmitBytesPerSecond: number;
}

/** Undefined where the kernel keeps no /proc/net/dev: the rates are then left out of the telemetry, not sent as 0. */
export async function readNetworkCounters(atMs: number, path = '/proc/net/dev'): Promise<NetworkCounters | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const totals = parseNetDev(text);
  return totals === undefined ? undefined : { ...totals, atMs };
}

/** Pure. Source: proc_pid_net(5): after `name:` come 8 receive and 8 transmit columns, bytes first in both. */
export function parseNetDev(text: string): Omit<NetworkCounters, 'atMs'> | undefined {
  let found = false;
  let receivedBytes = 0;
  let transmittedBytes = 0;
  for (const line of text.split('\n')) {
    const [, name, columns] = /^\s*([^\s:]+):\s*(\d[\d\s]*)$/.exec(line) ?? [];
    if (name === undefined || columns === undefined || name === 'lo') continue;
    const values = columns.trim().split(/\s+/).map(Number);
    found = true;
    receivedBytes += values[0] ?? 0;
    transmittedBytes += values[8] ?? 0;
  }
  return found ? { receivedBytes, transmittedBytes } : undefined;
}

/** Undefined when no time passed, or when a counter went back because an interface went away. */
export function networkRate(before: NetworkCounters, after: NetworkCounters): NetworkRate | undefined {
  const seconds = (after.atMs - before.atMs) / 1000;
  const received = after.receivedBytes - before.receivedBytes;
  const transmitted = after.transmittedBytes - before.transmittedBytes;
  if (seconds <= 0 || received < 0 || transmitted < 0) return undefined;
  return { receiveBytesPerSecond: received / seconds, transmitBytesPerSecond: transmitted / seconds };
}
