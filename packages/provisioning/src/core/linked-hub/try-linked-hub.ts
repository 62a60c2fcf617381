import { LIMITS } from '@viaduct/contracts';
import type { LinkedHubRecord, ReachesHubs } from '../ports.ts';

/** What no device is called by chance. */
const NOBODY = 'viaduct-linked-hub-trial';

/**
 * Asks a hub as provisioning would, and changes nothing there. Resolves with the round trip, ms.
 *
 * @throws HubError linkedHub.unreachable (retry), linkedHub.refused
 */
export async function tryLinkedHub(p: ReachesHubs, hub: LinkedHubRecord): Promise<number> {
  const client = p.hubClient(hub);
  const signal = AbortSignal.timeout(LIMITS.LINKED_HUB_SECONDS_MAX * 1_000);
  // That it answers says nothing of its policy: the registry must be ours to read.
  await client.find(NOBODY, signal);
  return client.measureLatency(signal);
}
