import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../ports.ts';
import { isJsonObject } from '../twin/validate-section.ts';

/** RFC 6902, as far as it is written here. */
export interface JsonPatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** The JSON Patch that turns one document into the other; objects member by member, anything else whole. Pure. */
export function jsonPatchBetween(before: JsonObject, after: JsonObject, path = ''): JsonPatchOperation[] {
  const removed = Object.keys(before)
    .filter((name) => !Object.hasOwn(after, name))
    .map((name) => ({ op: 'remove', path: `${path}/${escaped(name)}` }) as const);
  const changed = Object.entries(after).flatMap(([name, value]): JsonPatchOperation[] => {
    const at = `${path}/${escaped(name)}`;
    if (!Object.hasOwn(before, name)) return [{ op: 'add', path: at, value }];
    const old = before[name];
    if (isJsonObject(old) && isJsonObject(value)) return jsonPatchBetween(old, value, at);
    return isDeepStrictEqual(old, value) ? [] : [{ op: 'replace', path: at, value }];
  });
  return [...removed, ...changed];
}

/** RFC 6901 §3. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
