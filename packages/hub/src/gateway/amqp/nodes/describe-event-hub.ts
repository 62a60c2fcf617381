import { HubError } from '@viaduct/contracts';
import { getConsumerGroup } from '../../../core/consumer/list-consumer-groups.ts';
import type { HoldsConsumers, KnowsConsumerGroups, ReadsBuiltIn } from '../../../core/hub.ts';
import type { AppendsToLog, ConsumerGroupRecord, TellsTime } from '../../../core/ports.ts';
import { type AmqpMessage, asText } from '../codec/amqp-message.ts';
import type { AmqpWriter } from '../codec/amqp-writer.ts';
import { type NodeAnswer, refusedAnswer } from './request-node.ts';

export interface DescribedEventHub {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdTime: number;
}

type DescribesEvents = AppendsToLog & ReadsBuiltIn & TellsTime & KnowsConsumerGroups & HoldsConsumers;

/**
 * Answers what arrives on `$management`: READ of the event hub, of one partition or of a consumer group, once `authorize` has
 * let it pass.
 *
 * The types of the answer are cast, not converted, by several clients: sequence numbers are longs, the list of partitions
 * an array of strings. Source: the Event Hubs management node as its clients use it; docs/protocol/amqp.md
 */
export async function answerManagement(
  hub: DescribesEvents,
  eventHub: DescribedEventHub,
  message: AmqpMessage,
  authorize: (securityToken: string | undefined) => Promise<void>,
): Promise<NodeAnswer> {
  try {
    const asked = (name: string) => asText(message.applicationProperties.get(name));
    await authorize(asked('security_token'));
    const writeBody = describe(hub, eventHub, asked);
    return { statusCode: 200, statusDescription: 'OK', writeBody };
  } catch (thrown) {
    return refusedAnswer(thrown);
  }
}

function describe(
  hub: DescribesEvents,
  eventHub: DescribedEventHub,
  asked: (name: string) => string | undefined,
): (writer: AmqpWriter) => void {
  const [operation, type, name] = [asked('operation'), asked('type'), asked('name')];
  if (operation !== 'READ') throw new HubError('argument.invalid', `"${operation ?? ''}" is not an operation; READ is`);
  if (name?.toLowerCase() !== eventHub.name.toLowerCase()) {
    throw new HubError('link.addressUnknown', `there is no event hub "${name ?? ''}" here; "${eventHub.name}" is`);
  }
  if (type === 'com.microsoft:eventhub') return (writer) => writeEventHub(writer, hub, eventHub);
  if (type === 'com.microsoft:partition') {
    const partition = requirePartition(hub, asked('partition'));
    return (writer) => writePartition(writer, hub, eventHub, partition);
  }
  if (type === 'com.microsoft:consumergroup') {
    const group = getConsumerGroup(hub, asked('consumer_group') ?? '');
    return (writer) => writeConsumerGroup(writer, eventHub, group);
  }
  throw new HubError('argument.invalid', `"${type ?? ''}" is not a type that can be read`);
}

/** @throws HubError link.addressUnknown */
export function requirePartition(hub: AppendsToLog, text: string | undefined): number {
  const partition = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (partition < 0 || partition >= hub.eventPartitions) {
    throw new HubError('link.addressUnknown', `there is no partition "${text}"; 0 to ${hub.eventPartitions - 1} are`);
  }
  return partition;
}

function writeEventHub(writer: AmqpWriter, hub: AppendsToLog, { name, createdTime }: DescribedEventHub): void {
  const map = writer.openMap();
  writer.string('name');
  writer.string(name);
  writer.string('type');
  writer.string('com.microsoft:eventhub');
  writer.string('created_at');
  writer.timestamp(createdTime);
  writer.string('partition_count');
  writer.int(hub.eventPartitions);
  writer.string('partition_ids');
  writer.stringArray(Array.from({ length: hub.eventPartitions }, (_, n) => String(n)));
  writer.string('georeplication_factor');
  writer.int(1);
  writer.close(map, 12);
}

function writePartition(
  writer: AmqpWriter,
  hub: ReadsBuiltIn & TellsTime,
  { name }: DescribedEventHub,
  partition: number,
): void {
  const { first, next, lastEnqueuedTime } = hub.builtInView.bounds(partition);
  const map = writer.openMap();
  writer.string('name');
  writer.string(name);
  writer.string('type');
  writer.string('com.microsoft:partition');
  writer.string('partition');
  writer.string(String(partition));
  writer.string('begin_sequence_number');
  writer.long(first);
  writer.string('last_enqueued_sequence_number');
  writer.long(next - 1);
  writer.string('last_enqueued_offset');
  writer.string(String(next - 1));
  writer.string('last_enqueued_time_utc');
  writer.timestamp(lastEnqueuedTime);
  writer.string('is_partition_empty');
  writer.boolean(first >= next);
  writer.string('runtime_info_retrieval_time_utc');
  writer.timestamp(hub.clock.now());
  writer.close(map, 18);
}

/** The constant for it is in the clients' sources, and nothing that asks: so the shape is ours. */
function writeConsumerGroup(writer: AmqpWriter, eventHub: DescribedEventHub, group: ConsumerGroupRecord): void {
  const map = writer.openMap();
  writer.string('name');
  writer.string(eventHub.name);
  writer.string('type');
  writer.string('com.microsoft:consumergroup');
  writer.string('consumer_group');
  writer.string(group.name);
  writer.string('created_at');
  writer.timestamp(group.createdTime);
  writer.close(map, 8);
}
