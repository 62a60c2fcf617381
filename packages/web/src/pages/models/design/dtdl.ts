import type { JsonObject } from '@viaduct/contracts';

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** In JSON-LD, one value stands for a list of one, and nothing for an empty list. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

export function typesOf(element: JsonObject): readonly string[] {
  return listOf(element['@type']).filter((type) => typeof type === 'string');
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What is of no language, or of English, where there are several. */
export function localText(value: unknown): string {
  return isObject(value) ? textOf(value.en ?? Object.values(value)[0]) : textOf(value);
}

/** Other languages stay as they are; no text is no member. */
export function withLocalText(element: JsonObject, member: string, text: string): JsonObject {
  const before = element[member];
  return withMember(element, member, isObject(before) ? { ...before, en: text } : text === '' ? undefined : text);
}

/** `undefined` removes it. What else there is stays, in its order. */
export function withMember(element: JsonObject, member: string, value: unknown): JsonObject {
  if (value !== undefined) return { ...element, [member]: value };
  return Object.fromEntries(Object.entries(element).filter(([name]) => name !== member));
}

export function withTypes(element: JsonObject, types: readonly string[]): JsonObject {
  const [first, ...others] = new Set(types);
  return withMember(element, '@type', others.length === 0 ? first : [first, ...others]);
}

/** The version of DTDL that a model is written in, by its context. */
export function versionOf(model: JsonObject): number {
  const versions = listOf(model['@context']).map((one) => /^dtmi:dtdl:context;(\d+)/.exec(textOf(one))?.[1]);
  return Number(versions.find((version) => version !== undefined) ?? 2);
}

/** A name of a capability, a field or a value. Source: DTDL v2 to v4, "name". */
export function isName(name: string, version: number): boolean {
  return /^[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?$/.test(name) && name.length <= nameCharactersMax(version);
}

export function nameCharactersMax(version: number): number {
  return version > 2 ? 512 : 64;
}
