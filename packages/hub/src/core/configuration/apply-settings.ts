import { isDeepStrictEqual } from 'node:util';
import type { DesiredPath, JsonObject } from '../ports.ts';
import { isJsonObject } from '../twin/validate-section.ts';

/** One value at one path of a desired section; null is for "there is nothing here". `[]` is the whole section. */
export interface Setting {
  readonly path: DesiredPath;
  readonly value: unknown;
}

/** A path that leads through something that is no object: what is there is not a configuration's to overwrite. */
export class BlockedSetting {
  readonly path: DesiredPath;
  /** How far the path could be gone. */
  readonly at: DesiredPath;

  constructor(path: DesiredPath, at: DesiredPath) {
    this.path = path;
    this.at = at;
  }
}

/**
 * A desired section with what is set put in; or the first setting that cannot be made. Pure; changes no argument.
 *
 * Each setting replaces what is at exactly its path, one after another, so that a later one wins. Objects on the way to a path
 * are made where there is nothing; all else stays as it is.
 */
export function applySettings(values: JsonObject, settings: readonly Setting[]): JsonObject | BlockedSetting {
  let result = values;
  for (const { path, value } of settings) {
    const at = value === null ? undefined : obstacle(result, path);
    if (at !== undefined) return new BlockedSetting(path, at);
    result = value === null ? without(result, path) : withValue(result, path, value);
  }
  return result;
}

/** A desired section without what was set and is not any more; objects that are empty then stay. Pure. */
export function takeBack(values: JsonObject, owned: readonly DesiredPath[], kept: readonly DesiredPath[]): JsonObject {
  const keys = new Set(kept.map(pathKey));
  return owned.filter((path) => !keys.has(pathKey(path))).reduce(without, values);
}

/** The smallest merge patch that turns `before` into `after`: nothing that is equal is in it. Pure. */
export function smallestPatch(before: JsonObject, after: JsonObject): JsonObject {
  const patch: [string, unknown][] = [];
  const rest = new Map(Object.entries(before));
  for (const [key, now] of Object.entries(after)) {
    const old = rest.get(key);
    rest.delete(key);
    if (isDeepStrictEqual(old, now)) continue;
    patch.push([key, isJsonObject(old) && isJsonObject(now) ? smallestPatch(old, now) : now]);
  }
  for (const key of rest.keys()) patch.push([key, null]);
  return Object.fromEntries(patch);
}

/** Whether `outer` is `inner` or leads to it. */
export function contains(outer: DesiredPath, inner: DesiredPath): boolean {
  return outer.length <= inner.length && outer.every((key, i) => key === inner[i]);
}

/** A path as one text; unambiguous, for keys have no dot. */
export function pathKey(path: DesiredPath): string {
  return path.join('.');
}

/** Where a path meets something that is no object before it ends; undefined when it can be gone. */
function obstacle(values: JsonObject, path: DesiredPath): DesiredPath | undefined {
  let here: unknown = values;
  for (const [i, key] of path.slice(0, -1).entries()) {
    here = memberOf(here as JsonObject, key);
    if (here === undefined) return undefined;
    if (!isJsonObject(here)) return path.slice(0, i + 1);
  }
  return undefined;
}

function withValue(values: JsonObject, [key, ...rest]: DesiredPath, value: unknown): JsonObject {
  if (key === undefined) return value as JsonObject;
  const inner = memberOf(values, key);
  const below = rest.length === 0 ? value : withValue(isJsonObject(inner) ? inner : {}, rest, value);
  // By entries, which make a key named `__proto__` a plain member.
  return Object.fromEntries(new Map<string, unknown>(Object.entries(values)).set(key, below));
}

/** What is not there need not be taken out, and makes nothing on the way. */
function without(values: JsonObject, [key, ...rest]: DesiredPath): JsonObject {
  if (key === undefined) return {};
  if (!Object.hasOwn(values, key)) return values;
  const members = new Map(Object.entries(values));
  if (rest.length === 0) members.delete(key);
  else {
    const inner = members.get(key);
    if (!isJsonObject(inner)) return values;
    members.set(key, without(inner, rest));
  }
  return Object.fromEntries(members);
}

function memberOf(values: JsonObject, key: string): unknown {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}
