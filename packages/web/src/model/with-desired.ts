import type { JsonObject, TwinView } from '@viaduct/contracts';

/** A twin as it will be when a merge patch of its desired section is taken: what is shown until the server answers. Pure. */
export function withDesired(twin: TwinView, patch: JsonObject, nowMs: number): TwinView {
  const at = new Date(nowMs).toISOString();
  const { version, values, metadata } = twin.desired;
  return {
    ...twin,
    desired: {
      version: version + 1,
      values: merge(values, patch),
      metadata: merge(metadata, stamped(patch, at)),
    },
  };
}

function merge(target: JsonObject, patch: JsonObject): JsonObject {
  // A map, for a property may be called `__proto__`.
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    const before = merged.get(key);
    if (value === null) merged.delete(key);
    else merged.set(key, isObject(value) ? merge(isObject(before) ? before : {}, value) : value);
  }
  return Object.fromEntries(merged);
}

/** The same tree, with the time at each node that it names. */
function stamped(patch: JsonObject, at: string): JsonObject {
  const nodes = Object.entries(patch).map(([key, value]) => [
    key,
    isObject(value) ? stamped(value, at) : stamp(value, at),
  ]);
  return { ...Object.fromEntries(nodes), $lastUpdated: at };
}

function stamp(value: unknown, at: string): JsonObject | null {
  return value === null ? null : { $lastUpdated: at };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
