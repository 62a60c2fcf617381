import type { JsonObject } from '@viaduct/contracts';
import { ValueType } from './directory-schema.ts';

/** A leaf of a document, as a row of `value` has it. */
export interface Leaf {
  readonly type: ValueType;
  readonly number: number | null;
  readonly text: string | null;
}

/** Says that an object is a component and not a property. Source: IoT Plug and Play conventions. */
export const COMPONENT_MARK = '__t';

/**
 * The leaves of a section, by path with dots. `$metadata`, `$version` and the marks of components are none. What a device acknowledges,
 * `{value, ac, av, ad}`, is the value.
 */
export function leavesOf(section: JsonObject, prefix = ''): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  collect(section, prefix, leaves);
  return leaves;
}

/** A leaf as it was said. */
export function leafValue({ type, number, text }: Leaf): unknown {
  switch (type) {
    case ValueType.number:
      return number;
    case ValueType.boolean:
      return number === 1;
    case ValueType.string:
      return text;
    case ValueType.json:
      return JSON.parse(text ?? 'null') as unknown;
    case ValueType.null:
      return null;
    default:
      return type satisfies never;
  }
}

/** An acknowledgement of a writable property. Source: IoT Plug and Play conventions, "Writable properties". */
export function isAcknowledgement(value: unknown): value is { readonly value: unknown; readonly ac: number } {
  return isObject(value) && 'value' in value && typeof value.ac === 'number';
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function collect(section: JsonObject, prefix: string, leaves: Map<string, Leaf>): void {
  for (const [name, value] of Object.entries(section)) {
    if (name.startsWith('$') || name === COMPONENT_MARK) continue;
    collectValue(isAcknowledgement(value) ? value.value : value, `${prefix}${name}`, leaves);
  }
}

function collectValue(value: unknown, path: string, leaves: Map<string, Leaf>): void {
  if (isObject(value) && Object.keys(value).length > 0) collect(value, `${path}.`, leaves);
  else leaves.set(path, leafOf(value));
}

function leafOf(value: unknown): Leaf {
  switch (typeof value) {
    case 'number':
      return { type: ValueType.number, number: value, text: null };
    case 'boolean':
      return { type: ValueType.boolean, number: value ? 1 : 0, text: null };
    case 'string':
      return { type: ValueType.string, number: null, text: value };
    default:
      if (value === null || value === undefined) return { type: ValueType.null, number: null, text: null };
      return { type: ValueType.json, number: null, text: JSON.stringify(value) };
  }
}
