import type { ConfigurationRecord } from '../ports.ts';
import type { Selection } from '../query/expression.ts';
import { type ConfigurationContent, readContent } from './configuration-content.ts';
import { readTarget } from './target-condition.ts';

/** A configuration with its texts read. */
export interface ActiveConfiguration {
  readonly record: ConfigurationRecord;
  readonly content: ConfigurationContent;
  /** Null targets nobody: an empty condition, or a configuration that was removed. */
  readonly target: Selection | null;
}

const read = new WeakMap<ConfigurationRecord, ActiveConfiguration>();

/** Remembers what it has read for as long as the record is somebody's. What was stored was valid, so nothing is refused here. */
export function activeConfiguration(record: ConfigurationRecord): ActiveConfiguration {
  const known = read.get(record);
  if (known !== undefined) return known;
  const active = {
    record,
    content: readContent(record.content),
    target: record.isDeleted ? null : readTarget(record.kind, record.targetCondition),
  };
  read.set(record, active);
  return active;
}

/** Rising: of two, the later one wins. The higher priority; of equals the one created later; of one millisecond, by id. */
export function byPriority({ record: a }: ActiveConfiguration, { record: b }: ActiveConfiguration): number {
  return a.priority - b.priority || a.createdTime - b.createdTime || (a.id < b.id ? -1 : 1);
}
