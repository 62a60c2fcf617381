import type { JsonObject, TwinSectionRecord } from '../ports.ts';
import { isJsonObject } from './validate-section.ts';

/** What is written beside every value that a write touched. */
export interface WriteStamp {
  /** ISO 8601. */
  readonly time: string;
  /** The section's new version; desired has it at every level, reported nowhere. */
  readonly version?: number;
}

/**
 * Merges a patch into a section, as RFC 7386 says: objects merge, null removes, anything else replaces. Pure; neither
 * argument is changed. Metadata mirrors the values, and its time moves at each level that the patch touched.
 *
 * Objects are built with `Object.fromEntries`, which makes a key named `__proto__` a plain member.
 */
export function mergeSection(section: TwinSectionRecord, patch: JsonObject, stamp: WriteStamp): TwinSectionRecord {
  const { values, metadata } = merged(section.values, section.metadata, patch, stamp);
  return { values, metadata, version: section.version + 1 };
}

/** A section that holds `values` and nothing of before. Pure. */
export function replaceSection(section: TwinSectionRecord, values: JsonObject, stamp: WriteStamp): TwinSectionRecord {
  return { values, metadata: stampTree(values, stamp), version: section.version + 1 };
}

/** Tags have no metadata. Pure. */
export function mergeTags(tags: JsonObject, patch: JsonObject): JsonObject {
  return merged(tags, {}, patch, { time: '' }).values;
}

/** The patch that turns `before` into `after`: what a device is told when the whole section was replaced. Pure. */
export function patchBetween(before: JsonObject, after: JsonObject): JsonObject {
  const patch = new Map<string, unknown>(Object.entries(after));
  for (const [key, old] of Object.entries(before)) {
    const now = patch.get(key);
    if (now === undefined) patch.set(key, null);
    else if (isJsonObject(old) && isJsonObject(now)) patch.set(key, patchBetween(old, now));
  }
  return Object.fromEntries(patch);
}

/** A stamp at every object and leaf of `values`: the metadata of something that is all new. Pure. */
export function stampTree(values: JsonObject, stamp: WriteStamp): JsonObject {
  const children = Object.entries(values).map(([key, value]) => [
    key,
    isJsonObject(value) ? stampTree(value, stamp) : stampOf(stamp),
  ]);
  return { ...stampOf(stamp), ...Object.fromEntries(children) };
}

function merged(values: JsonObject, metadata: JsonObject, patch: JsonObject, stamp: WriteStamp) {
  const newValues = new Map<string, unknown>(Object.entries(values));
  const newMetadata = new Map<string, unknown>([...Object.entries(metadata), ...Object.entries(stampOf(stamp))]);
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) {
      newValues.delete(key);
      newMetadata.delete(key);
    } else if (isJsonObject(change)) {
      const inner = merged(objectOr(newValues.get(key)), objectOr(newMetadata.get(key)), change, stamp);
      newValues.set(key, inner.values);
      newMetadata.set(key, inner.metadata);
    } else {
      newValues.set(key, change);
      newMetadata.set(key, stampOf(stamp));
    }
  }
  return {
    values: Object.fromEntries(newValues) as JsonObject,
    metadata: Object.fromEntries(newMetadata) as JsonObject,
  };
}

function objectOr(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function stampOf({ time, version }: WriteStamp): JsonObject {
  return { $lastUpdated: time, ...(version === undefined ? {} : { $lastUpdatedVersion: version }) };
}
