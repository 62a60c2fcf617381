/** The Event Hubs-compatible endpoint: consumer groups, and who reads which partition now. Times are ms since 1970. */
export interface EventReadersView {
  /** The event hub's name: `EntityPath` of its connection string. */
  readonly eventHubName: string;
  /** In order of their numbers, from 0. */
  readonly partitions: readonly EventPartitionView[];
  /** In order of name, `$Default` first. */
  readonly groups: readonly ConsumerGroupView[];
  /** How many groups there may be. */
  readonly groupsMax: number;
}

export interface EventPartitionView {
  readonly partition: number;
  /** The oldest event that is kept, and one past the newest. They are the same when there is none. */
  readonly firstOffset: number;
  readonly nextOffset: number;
  /** Null when there never was an event. */
  readonly lastEnqueuedTime: number | null;
}

export interface ConsumerGroupView {
  readonly name: string;
  readonly createdTime: number;
  /** Of `$Default`, which cannot be removed. */
  readonly isDefault: boolean;
  /** In order of partition; a partition may have several, or none. */
  readonly readers: readonly EventReaderView[];
}

export interface EventReaderView {
  readonly partition: number;
  /** What the reader calls itself. */
  readonly name: string;
  /** The reader with the highest owner level has the partition for itself; null for one that shares it. */
  readonly ownerLevel: number | null;
  readonly transport: 'mqtt' | 'mqtt-ws' | 'amqp' | 'amqp-ws' | 'https';
  readonly remoteAddress: string;
  readonly connectedTime: number;
  /** The event that it gets next; null for a moment after it came. */
  readonly nextOffset: number | null;
  /** Events of its partition that it has not been sent yet. */
  readonly lag: number | null;
}

export interface NewConsumerGroup {
  readonly name: string;
}
