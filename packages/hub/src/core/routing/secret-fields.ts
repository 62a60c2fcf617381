import { SECRET_KEPT } from '@viaduct/contracts';
import type { JsonObject } from '../ports.ts';

/** A configuration with SECRET_KEPT in the place of each secret. Pure. */
export function hideSecrets(configuration: JsonObject, secretFields: readonly string[]): JsonObject {
  return mapSecrets(configuration, secretFields, () => SECRET_KEPT);
}

/** What an operator sent, with the secrets of before where SECRET_KEPT stands. Pure. */
export function restoreSecrets(
  configuration: JsonObject,
  before: JsonObject | undefined,
  secretFields: readonly string[],
): JsonObject {
  return mapSecrets(configuration, secretFields, (value, path) => (value === SECRET_KEPT ? at(before, path) : value));
}

type Path = readonly string[];

function mapSecrets(
  configuration: JsonObject,
  secretFields: readonly string[],
  change: (value: unknown, path: Path) => unknown,
): JsonObject {
  const patterns = secretFields.map((field) => field.split('.'));
  const walk = (value: unknown, path: Path): unknown => {
    if (patterns.some((pattern) => fits(pattern, path)))
      return value === null || value === undefined ? value : change(value, path);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, walk(member, [...path, name])]));
  };
  return walk(configuration, []) as JsonObject;
}

function fits(pattern: Path, path: Path): boolean {
  return pattern.length === path.length && pattern.every((step, index) => step === '*' || step === path[index]);
}

function at(json: JsonObject | undefined, path: Path): unknown {
  let value: unknown = json;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as JsonObject)[step];
  }
  return value;
}
