import type { DeviceIdentity } from '@viaduct/contracts';

export type JsonObject = { readonly [key: string]: unknown };

export interface TwinSectionRecord {
  readonly values: JsonObject;
  /** Mirrors `values`: every object has `$lastUpdated` (and `$lastUpdatedVersion` in desired), every leaf such an object. */
  readonly metadata: JsonObject;
  /** Counts accepted writes of this section; starts at 1. */
  readonly version: number;
}

export interface TwinRecord extends DeviceIdentity {
  /** Counts writes of tags and desired; starts at 2, as Azure's does. */
  readonly version: number;
  readonly etag: string;
  readonly tags: JsonObject;
  readonly desired: TwinSectionRecord;
  readonly reported: TwinSectionRecord;
  /** Counts every write: what optimistic saving compares. */
  readonly revision: number;
}

export interface TwinStore {
  find(identity: DeviceIdentity): Promise<TwinRecord | undefined>;
  /** Durable when it resolves. False when somebody saved since `expectedRevision`. */
  save(twin: TwinRecord, expectedRevision: number): Promise<boolean>;
}

export interface KeepsTwins {
  readonly twins: TwinStore;
}
