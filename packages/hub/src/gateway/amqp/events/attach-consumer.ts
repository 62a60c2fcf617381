import { HubError, LIMITS } from '@viaduct/contracts';
import { getConsumerGroup } from '../../../core/consumer/list-consumer-groups.ts';
import type { Hub } from '../../../core/hub.ts';
import type { Transport } from '../../../core/ports.ts';
import { amqpErrorOf } from '../amqp-error.ts';
import { asText } from '../codec/amqp-message.ts';
import type { AttachRequest, OutgoingLink } from '../engine/engine.ts';
import { requirePartition } from '../nodes/describe-event-hub.ts';
import { EARLIEST, type EventPosition, parseEventSelector, startOffset } from './event-position.ts';
import { EventReader } from './event-reader.ts';

const SELECTOR_FILTER = 'apache.org:selector-filter:string';
const OWNER_LEVEL = 'com.microsoft:epoch';
const RUNTIME_METRIC = 'com.microsoft:enable-receiver-runtime-metric';

const RECEIVER_NAME = 'com.microsoft:receiver-name';

/** Whom the reader belongs to, and who hears of its end. */
export interface ConsumerConnection {
  readonly transport: Transport;
  readonly remoteAddress: string;
  readonly onEnded: () => void;
  readonly onFault: (fault: unknown) => void;
}

/**
 * Gives a reader its partition.
 *
 * @throws HubError link.addressUnknown, consumerGroup.notFound, argument.invalid, consumer.stolen, consumer.tooMany
 */
export function attachConsumer(
  hub: Hub,
  request: AttachRequest,
  address: { readonly group: string; readonly partition: string },
  { transport, remoteAddress, onEnded, onFault }: ConsumerConnection,
): OutgoingLink {
  const partition = requirePartition(hub, address.partition);
  const { name: group } = getConsumerGroup(hub, address.group);
  const position = requestedPosition(request);
  const ownerLevel = requestedOwnerLevel(request);
  let link: OutgoingLink | undefined;
  const leave = hub.consumers.enter(group, partition, {
    ownerLevel,
    name: (asText(request.properties.get(RECEIVER_NAME)) ?? request.name).slice(0, LIMITS.READER_NAME_CHARACTERS_MAX),
    transport,
    remoteAddress,
    connectedTime: hub.clock.now(),
    get nextOffset() {
      return reader.nextOffset;
    },
    end: (reason) => link?.detach(amqpErrorOf(reason)),
  });
  const reader = new EventReader({
    log: hub.builtInView,
    partition,
    start: startOffset(hub.log, partition, position),
    withRuntimeInformation: request.desiredCapabilities.includes(RUNTIME_METRIC),
    now: () => hub.clock.now(),
    onEnded: () => {
      leave();
      onEnded();
    },
    onFault,
  });
  link = request.acceptOutgoing(reader);
  reader.begin(link);
  return link;
}

function requestedPosition({ filters }: AttachRequest): EventPosition {
  const selector = filters.get(SELECTOR_FILTER) ?? null;
  if (selector === null) return EARLIEST;
  if (typeof selector === 'string') return parseEventSelector(selector);
  // Taken for no filter, it would give everything from the oldest event on to who wanted something else.
  throw new HubError('argument.invalid', `the value of ${SELECTOR_FILTER} is not text`);
}

function requestedOwnerLevel({ properties }: AttachRequest): number | undefined {
  const level = properties.get(OWNER_LEVEL);
  if (level === undefined || level === null) return undefined;
  if (typeof level === 'number' && Number.isSafeInteger(level) && level >= 0) return level;
  throw new HubError('argument.invalid', 'an owner level is a whole number from 0');
}
