import type { LinkedHubRecord, MeasuresLatency } from '../ports.ts';
import { hashHub } from './hash-hub.ts';

/** Hubs whose round trips differ by no more are as near as each other, ms. */
const TIE_MS = 5;

/**
 * The hub with the shortest round trip *from this server*: devices near it have about the same. Those as near as each other share devices by
 * hash and weight. A hub that cannot be reached is none of them; undefined when none can.
 */
export async function nearestHub(
  p: MeasuresLatency,
  hubs: readonly LinkedHubRecord[],
  registrationId: string,
  signal: AbortSignal,
): Promise<LinkedHubRecord | undefined> {
  const measured = await Promise.all(hubs.map(async (hub) => ({ hub, ms: await p.latencies.latencyMs(hub, signal) })));
  const reached = measured.filter((one): one is { hub: LinkedHubRecord; ms: number } => one.ms !== undefined);
  const best = Math.min(...reached.map(({ ms }) => ms));
  const nearest = reached.filter(({ ms }) => ms <= best + TIE_MS).map(({ hub }) => hub);
  return hashHub(nearest, registrationId);
}
