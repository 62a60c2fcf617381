import { HubError } from '@viaduct/contracts';
import type { HoldsConsumers, KnowsConsumerGroups } from '../hub.ts';
import { DEFAULT_CONSUMER_GROUP } from './consumer-groups.ts';

/**
 * Removes a consumer group. Its readers are told, and do not come back. What they had stored of their positions is theirs.
 *
 * @throws HubError consumerGroup.notFound, argument.invalid for `$Default`, store.unavailable (retry)
 */
export async function removeConsumerGroup(hub: KnowsConsumerGroups & HoldsConsumers, name: string): Promise<void> {
  if (name.toLowerCase() === DEFAULT_CONSUMER_GROUP.toLowerCase()) {
    throw new HubError('argument.invalid', `the consumer group ${DEFAULT_CONSUMER_GROUP} is always there`);
  }
  if (!(await hub.consumerGroups.remove(name))) throw noSuchGroup(name);
  hub.consumers.endGroup(name, new HubError('consumerGroup.notFound', `the consumer group "${name}" was removed`));
}

export function noSuchGroup(name: string): HubError {
  return new HubError('consumerGroup.notFound', `there is no consumer group "${name.slice(0, 120)}"`);
}
