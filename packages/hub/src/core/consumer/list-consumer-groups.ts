import type { HoldsConsumers, KnowsConsumerGroups, ReadsBuiltIn } from '../hub.ts';
import type { ConsumerGroupRecord, Transport } from '../ports.ts';
import type { PresentConsumer } from './consumer-directory.ts';
import { noSuchGroup } from './remove-consumer-group.ts';

/** A consumer group and who reads for it now, in order of partition. */
export interface DescribedConsumerGroup extends ConsumerGroupRecord {
  readonly readers: readonly DescribedReader[];
}

/** One reader of one partition. Times are ms since 1970. */
export interface DescribedReader {
  readonly partition: number;
  /** What it calls itself; its link's name where it gives no other. */
  readonly name: string;
  /** Null for one that shares the partition. */
  readonly ownerLevel: number | null;
  readonly transport: Transport;
  readonly remoteAddress: string;
  readonly connectedTime: number;
  /** The offset it gets next; null until it is known where it begins. */
  readonly nextOffset: number | null;
  /** Events of the partition that it has not been sent yet. */
  readonly lag: number | null;
}

type ShowsConsumers = KnowsConsumerGroups & HoldsConsumers & ReadsBuiltIn;

export function listConsumerGroups(hub: ShowsConsumers): readonly DescribedConsumerGroup[] {
  return hub.consumerGroups.list().map((group) => ({ ...group, readers: readersOf(hub, group.name) }));
}

/** @throws HubError consumerGroup.notFound */
export function getConsumerGroup(hub: ShowsConsumers, name: string): DescribedConsumerGroup {
  const group = hub.consumerGroups.find(name);
  if (group === undefined) throw noSuchGroup(name);
  return { ...group, readers: readersOf(hub, group.name) };
}

function readersOf(hub: HoldsConsumers & ReadsBuiltIn, group: string): DescribedReader[] {
  return hub.consumers.of(group).map((present) => describeReader(hub, present));
}

function describeReader({ builtInView }: ReadsBuiltIn, { partition, consumer }: PresentConsumer): DescribedReader {
  const { name, ownerLevel = null, transport, remoteAddress, connectedTime, nextOffset } = consumer;
  const { first, next } = builtInView.bounds(partition);
  const lag = nextOffset === undefined ? null : Math.max(0, next - Math.max(nextOffset, first));
  return {
    partition,
    name,
    ownerLevel,
    transport,
    remoteAddress,
    connectedTime,
    nextOffset: nextOffset ?? null,
    lag,
  };
}
