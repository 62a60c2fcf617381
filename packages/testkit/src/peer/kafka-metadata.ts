import { KafkaReader, KafkaWriter } from './kafka-bytes.ts';

/** A Metadata request of version 9 as one of version 2, which has no word on creating topics. */
export function oldMetadataRequest(body: KafkaReader, correlation: number): Buffer {
  const topics = body.compactArray(() => {
    const name = body.compactBytes().toString('utf8');
    body.noTags();
    return name;
  });
  const request = new KafkaWriter().int16(METADATA).int16(2).int32(correlation).string('door');
  return request.array(topics, (name) => request.string(name)).frame();
}

/** An answer of version 2 as one of version 9, with one broker: the door itself. */
export function newMetadataAnswer(frame: Buffer, door: { host: string; port: number }): Buffer {
  const old = new KafkaReader(frame);
  const correlation = old.int32();
  const brokers = old.array(() => ({ id: old.int32(), host: old.string(), port: old.int32(), rack: old.string() }));
  const cluster = old.string();
  const controller = old.int32();
  const topics = old.array(() => ({
    error: old.int16(),
    name: old.string(),
    internal: old.bool(),
    partitions: old.array(() => ({
      error: old.int16(),
      index: old.int32(),
      leader: old.int32(),
      replicas: old.array(() => old.int32()),
      inSync: old.array(() => old.int32()),
    })),
  }));
  const made = new KafkaWriter().int32(correlation).noTags().int32(0);
  const ids = (list: readonly number[]) => made.compactArray(list, (id) => made.int32(id));
  made.compactArray(brokers, ({ id, rack }) => {
    made.int32(id).compactString(door.host).int32(door.port).compactString(rack).noTags();
  });
  made.compactString(cluster).int32(controller);
  made.compactArray(topics, ({ error, name, internal, partitions }) => {
    made.int16(error).compactString(name).bool(internal);
    made.compactArray(partitions, (partition) => {
      made.int16(partition.error).int32(partition.index).int32(partition.leader).int32(UNKNOWN_EPOCH);
      ids(partition.replicas);
      ids(partition.inSync);
      ids([]).noTags();
    });
    made.int32(UNKNOWN_RIGHTS).noTags();
  });
  return made.int32(UNKNOWN_RIGHTS).noTags().frame();
}

export const METADATA = 3;
const UNKNOWN_EPOCH = -1;
const UNKNOWN_RIGHTS = -2_147_483_648;
