import { HubError, LIMITS } from '@viaduct/contracts';
import type { KnowsConsumerGroups } from '../hub.ts';
import type { ConsumerGroupRecord, TellsTime } from '../ports.ts';

export interface AddedConsumerGroup {
  readonly group: ConsumerGroupRecord;
  /** False when there was one of that name, which stays as it is. */
  readonly isNew: boolean;
}

/**
 * Makes a consumer group, unless it exists. Readers may use it at once.
 *
 * @throws HubError argument.invalid, consumerGroup.tooMany, store.unavailable (retry)
 */
export async function addConsumerGroup(
  hub: KnowsConsumerGroups & TellsTime,
  name: string,
): Promise<AddedConsumerGroup> {
  const known = hub.consumerGroups.find(name);
  if (known !== undefined) return { group: known, isNew: false };
  const asked = { name: requireName(name), createdTime: hub.clock.now() };
  const group = await hub.consumerGroups.add(asked);
  if (group === undefined) {
    throw new HubError(
      'consumerGroup.tooMany',
      `there are ${LIMITS.CONSUMER_GROUPS_MAX} consumer groups already, $Default among them`,
    );
  }
  return { group, isNew: group === asked };
}

function requireName(name: string): string {
  const max = LIMITS.CONSUMER_GROUP_NAME_CHARACTERS_MAX;
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && name.length <= max) return name;
  throw new HubError(
    'argument.invalid',
    `the name of a consumer group has 1 to ${max} characters of A-Z a-z 0-9 . _ - and begins with a letter or a figure`,
  );
}
