/** Somebody's own way through the events: readers of one group do not disturb those of another. */
export interface ConsumerGroupRecord {
  /** As it was first written; compared without regard to case. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdTime: number;
}

export interface ConsumerGroupStore {
  list(): Promise<readonly ConsumerGroupRecord[]>;
  /** Does nothing when the name is taken. */
  insert(record: ConsumerGroupRecord): Promise<void>;
  remove(name: string): Promise<void>;
}
