import { type Hub, listConsumerGroups } from '@viaduct/hub';
import { gauge, type MetricFamily } from './metrics.ts';

type ShowsConsumers = Parameters<typeof listConsumerGroups>[0] & Pick<Hub, 'eventPartitions'>;

/** Who reads events. Groups and partitions are bounded, so their number of samples is. */
export function consumerMetrics(hub: ShowsConsumers): MetricFamily[] {
  const groups = listConsumerGroups(hub);
  const lags = groups.flatMap(({ name, readers }) => {
    const byPartition = new Map<number, number>();
    for (const { partition, lag } of readers)
      byPartition.set(partition, Math.max(byPartition.get(partition) ?? 0, lag ?? 0));
    return [...byPartition].map(([partition, value]) => ({
      labels: { group: name, partition: String(partition) },
      value,
    }));
  });
  return [
    gauge(
      'viaduct_event_readers',
      'Event Hubs readers that are attached, by consumer group.',
      groups.map(({ name, readers }) => ({ labels: { group: name }, value: readers.length })),
    ),
    gauge('viaduct_event_reader_lag', 'Events not yet sent to the reader that is furthest behind.', lags),
  ];
}
