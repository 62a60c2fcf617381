import type { JsonObject } from '@viaduct/contracts';
import { mergePatch } from '../api/merge-patch.ts';

export type TwinSection = 'desired' | 'reported' | 'tags';

/** A twin without metadata, as a version of it is kept. */
export interface TwinDocument {
  readonly tags: JsonObject;
  readonly desired: JsonObject;
  readonly reported: JsonObject;
}

/** One change, as the log tells it. */
export type TwinChange =
  | {
      readonly kind: 'patch';
      readonly section: TwinSection;
      readonly sectionVersion: number | null;
      readonly patch: JsonObject;
    }
  | { readonly kind: 'whole'; readonly twin: TwinDocument; readonly desiredVersion: number };

/** Paths of one version that are named; more are said to be more. */
const PATHS_MAX = 20;

/** What a twin change event tells: `updateTwin` patches of each section, `replaceTwin` and lifecycle events the whole. Pure. */
export function readTwinChanges(body: JsonObject, isWhole: boolean): readonly TwinChange[] {
  const properties = objectOr(body.properties);
  const [desired, reported] = [objectOr(properties.desired), objectOr(properties.reported)];
  if (isWhole) {
    const twin = { tags: objectOr(body.tags), desired: values(desired), reported: values(reported) };
    return [{ kind: 'whole', twin, desiredVersion: Number(desired.$version ?? 1) }];
  }
  const patches: TwinChange[] = [];
  if (isObject(body.tags)) patches.push({ kind: 'patch', section: 'tags', sectionVersion: null, patch: body.tags });
  for (const [section, told] of [
    ['desired', desired],
    ['reported', reported],
  ] as const) {
    if (properties[section] === undefined) continue;
    const { $version } = told;
    const sectionVersion = typeof $version === 'number' ? $version : null;
    patches.push({ kind: 'patch', section, sectionVersion, patch: values(told) });
  }
  return patches;
}

/** The twin after a patch: objects merge, null removes. Pure. */
export function patchTwinDocument(twin: TwinDocument, section: TwinSection, patch: JsonObject): TwinDocument {
  return { ...twin, [section]: mergePatch(twin[section], patch) as JsonObject };
}

/** The leaves of a patch, with dots; at most 20, then `…`. Pure. */
export function pathsOf(patch: JsonObject): string[] {
  const paths: string[] = [];
  collectPaths(patch, '', paths);
  return paths.length > PATHS_MAX ? [...paths.slice(0, PATHS_MAX), '…'] : paths;
}

function collectPaths(patch: JsonObject, prefix: string, paths: string[]): void {
  for (const [name, value] of Object.entries(patch)) {
    if (paths.length > PATHS_MAX) return;
    if (isObject(value) && Object.keys(value).length > 0) collectPaths(value, `${prefix}${name}.`, paths);
    else paths.push(prefix + name);
  }
}

/** Without what the hub adds. */
function values(section: JsonObject): JsonObject {
  const { $metadata: _, $version: __, ...rest } = section;
  return rest;
}

function objectOr(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
