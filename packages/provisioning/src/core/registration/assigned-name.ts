import type { KnowsItsNames } from '@viaduct/hub';
import type { LinkedHubRecord } from '../ports.ts';

const SELF = 'localhost';

/**
 * What a device is told to connect to: its hub, as it is linked. Only `localhost` means something else to each machine: a device that
 * reached this server by another of its names is told that one.
 */
export function assignedName(p: KnowsItsNames, hub: LinkedHubRecord, reachedBy: string | null): string {
  const isOurs = hub.kind === 'local' && hub.hostName === SELF;
  return isOurs && reachedBy !== null && p.hostNames.includes(reachedBy) ? reachedBy : hub.hostName;
}
