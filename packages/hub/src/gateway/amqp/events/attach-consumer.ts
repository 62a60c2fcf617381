import { HubError } from '@viaduct/contracts';
import type { Hub } from '../../../core/hub.ts';
import { amqpErrorOf } from '../amqp-error.ts';
import { asText } from '../codec/amqp-message.ts';
import type { AttachRequest, OutgoingLink } from '../engine/engine.ts';
import { requirePartition } from '../nodes/describe-event-hub.ts';
import type { ConsumerDirectory } from './consumer-directory.ts';
import { EARLIEST, type EventPosition, parseEventSelector, startOffset } from './event-position.ts';
import { EventReader } from './event-reader.ts';

const SELECTOR_FILTER = 'apache.org:selector-filter:string';
const OWNER_LEVEL = 'com.microsoft:epoch';
const RUNTIME_METRIC = 'com.microsoft:enable-receiver-runtime-metric';

export interface ConsumerContext {
  readonly hub: Hub;
  readonly consumers: ConsumerDirectory;
  readonly consumerGroups: ReadonlySet<string>;
}

/**
 * Gives a reader its partition.
 *
 * @throws HubError link.addressUnknown, argument.invalid, consumer.stolen, consumer.tooMany
 */
export function attachConsumer(
  { hub, consumers, consumerGroups }: ConsumerContext,
  request: AttachRequest,
  address: { readonly group: string; readonly partition: string },
  on: { readonly onEnded: () => void; readonly onFault: (fault: unknown) => void },
): OutgoingLink {
  const partition = requirePartition(hub, address.partition);
  requireGroup(consumerGroups, address.group);
  const position = requestedPosition(request);
  const ownerLevel = requestedOwnerLevel(request);
  let link: OutgoingLink | undefined;
  const steal = (reason: HubError) => link?.detach(amqpErrorOf(reason));
  const leave = consumers.enter(address.group, partition, { ownerLevel, steal });
  const start = startOffset(hub.log, partition, position);
  const reader = new EventReader({
    log: hub.log,
    partition,
    start,
    withRuntimeInformation: request.desiredCapabilities.includes(RUNTIME_METRIC),
    now: () => hub.clock.now(),
    onEnded: () => {
      leave();
      on.onEnded();
    },
    onFault: on.onFault,
  });
  link = request.acceptOutgoing(reader);
  reader.begin(link);
  return link;
}

function requireGroup(groups: ReadonlySet<string>, wanted: string): void {
  for (const group of groups) if (group.toLowerCase() === wanted.toLowerCase()) return;
  throw new HubError('link.addressUnknown', `there is no consumer group "${wanted}"`);
}

function requestedPosition({ filters }: AttachRequest): EventPosition {
  const selector = asText(filters.get(SELECTOR_FILTER));
  return selector === undefined ? EARLIEST : parseEventSelector(selector);
}

function requestedOwnerLevel({ properties }: AttachRequest): number | undefined {
  const level = properties.get(OWNER_LEVEL);
  if (level === undefined || level === null) return undefined;
  if (typeof level === 'number' && Number.isSafeInteger(level) && level >= 0) return level;
  throw new HubError('argument.invalid', 'an owner level is a whole number from 0');
}
