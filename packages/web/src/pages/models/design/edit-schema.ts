import type { JsonObject } from '@viaduct/contracts';
import { isObject, listOf, textOf, typesOf } from './dtdl.ts';

/** A schema that has a name, one that is written out, or `''` for one that no form can say. */
export type SchemaKind = string;

export const COMPLEX_KINDS = ['enum', 'object', 'array', 'map'] as const;
type ComplexKind = (typeof COMPLEX_KINDS)[number];

const TYPE_OF_KIND: Readonly<Record<ComplexKind, string>> = {
  enum: 'Enum',
  object: 'Object',
  array: 'Array',
  map: 'Map',
};

const PRIMITIVES = ['double', 'float', 'integer', 'long', 'boolean', 'string', 'dateTime', 'date', 'time', 'duration'];
/** Source: DTDL v4, "Primitive schema". */
const LATER_PRIMITIVES = [
  'byte',
  'bytes',
  'decimal',
  'scaledDecimal',
  'short',
  'unsignedByte',
  'unsignedInteger',
  'unsignedLong',
  'unsignedShort',
  'uuid',
];
const PLACES = [
  'geopoint',
  'vector',
  'point',
  'multiPoint',
  'lineString',
  'multiLineString',
  'polygon',
  'multiPolygon',
];
const NUMBERS: ReadonlySet<string> = new Set([
  'double',
  'float',
  'integer',
  'long',
  'byte',
  'decimal',
  'short',
  'unsignedByte',
  'unsignedInteger',
  'unsignedLong',
  'unsignedShort',
]);

export interface SchemaPlace {
  /** Of DTDL. */
  readonly version: number;
  readonly isProperty: boolean;
  /** How many schemas it is within; none for that of a capability. */
  readonly depth: number;
  /** Those that the interface defines and names. */
  readonly shared: readonly JsonObject[];
}

export interface SchemaGroup {
  readonly group: string;
  readonly kinds: readonly { readonly value: SchemaKind; readonly label: string }[];
}

/** What may be chosen at a place. Sources: DTDL v2 to v4, limits of depth and of arrays; the context of IoT Central. */
export function schemaChoices({ version, isProperty, depth, shared }: SchemaPlace): readonly SchemaGroup[] {
  const complex =
    depth >= depthMax(version) ? [] : COMPLEX_KINDS.filter((kind) => kind !== 'array' || !isProperty || version > 2);
  const named = (names: readonly string[]) => names.map((value) => ({ value, label: value }));
  const groups = [
    { group: 'Values', kinds: named(version > 3 ? [...PRIMITIVES, ...LATER_PRIMITIVES] : PRIMITIVES) },
    { group: 'Made of others', kinds: named(complex) },
    { group: 'Places and vectors', kinds: named(PLACES) },
    {
      group: 'Of this interface',
      kinds: shared.map((schema) => ({ value: textOf(schema['@id']), label: labelOf(schema) })),
    },
  ];
  return groups.filter(({ kinds }) => kinds.length > 0);
}

/** Objects, lists, maps and states within each other. Source: DTDL v2 to v4, "depth". */
function depthMax(version: number): number {
  return version > 3 ? 8 : 5;
}

function labelOf(schema: JsonObject): string {
  return textOf(schema.displayName) || textOf(schema['@id']);
}

export function schemaKind(schema: unknown): SchemaKind {
  if (typeof schema === 'string')
    return /^dtmi:(?:dtdl|standard):[^;]*?([A-Za-z]+)(?:;.*)?$/.exec(schema)?.[1] ?? schema;
  if (!isObject(schema)) return '';
  return COMPLEX_KINDS.find((kind) => typesOf(schema).includes(TYPE_OF_KIND[kind])) ?? '';
}

export function isNumeric(schema: unknown): boolean {
  return NUMBERS.has(schemaKind(schema));
}

export function isPlace(schema: unknown): boolean {
  return PLACES.includes(schemaKind(schema)) && schemaKind(schema) !== 'vector';
}

/** What a schema begins with when its kind is chosen. */
export function newSchema(kind: SchemaKind): unknown {
  switch (kind) {
    case 'enum':
      return { '@type': 'Enum', valueSchema: 'integer', enumValues: [{ name: 'value1', enumValue: 1 }] };
    case 'object':
      return { '@type': 'Object', fields: [{ name: 'field1', schema: 'double' }] };
    case 'array':
      return { '@type': 'Array', elementSchema: 'double' };
    case 'map':
      return {
        '@type': 'Map',
        mapKey: { name: 'key', schema: 'string' },
        mapValue: { name: 'value', schema: 'double' },
      };
    default:
      return kind;
  }
}

/** Items of a list of a schema: `fields`, `enumValues`. What is no object there is left where it is, and shown as an empty one. */
export function itemsOf(schema: JsonObject, member: string): readonly JsonObject[] {
  return listOf(schema[member]).map((item) => (isObject(item) ? item : {}));
}

export function withItem(schema: JsonObject, member: string, index: number, item: JsonObject): JsonObject {
  const items = listOf(schema[member]);
  return { ...schema, [member]: index < items.length ? items.with(index, item) : [...items, item] };
}

export function withoutItem(schema: JsonObject, member: string, index: number): JsonObject {
  return { ...schema, [member]: listOf(schema[member]).toSpliced(index, 1) };
}

export function withItemMoved(schema: JsonObject, member: string, index: number, by: -1 | 1): JsonObject {
  return { ...schema, [member]: moved(listOf(schema[member]), index, by) };
}

/** The same list where there is nowhere to go. */
export function moved<T>(items: readonly T[], index: number, by: -1 | 1): readonly T[] {
  const [item, other] = [items[index], items[index + by]];
  return item === undefined || other === undefined ? items : items.with(index, other).with(index + by, item);
}

/** A name that none of the items has: `field3`. */
export function freeName(items: readonly JsonObject[], stem: string): string {
  const taken = new Set(items.map(({ name }) => name));
  let number = items.length + 1;
  while (taken.has(`${stem}${number}`)) number += 1;
  return `${stem}${number}`;
}

/** A state more: named, and of the next number. */
export function withNewState(schema: JsonObject): JsonObject {
  const values = itemsOf(schema, 'enumValues');
  const name = freeName(values, 'value');
  const numbers = values.map(({ enumValue }) => enumValue).filter((value) => typeof value === 'number');
  const enumValue = schema.valueSchema === 'integer' ? Math.max(0, ...numbers) + 1 : name;
  return withItem(schema, 'enumValues', values.length, { name, enumValue });
}

/** States are of numbers or of texts, all of them. */
export function withValueSchema(schema: JsonObject, valueSchema: 'integer' | 'string'): JsonObject {
  const enumValues = listOf(schema.enumValues).map((item, index) => {
    if (!isObject(item)) return item;
    const number = Number(item.enumValue);
    const enumValue = valueSchema === 'string' ? String(item.enumValue) : Number.isInteger(number) ? number : index + 1;
    return { ...item, enumValue };
  });
  return { ...schema, valueSchema, enumValues };
}

/** What somebody typed as the value of a state. */
export function stateValue(text: string, { valueSchema }: JsonObject): string | number {
  return valueSchema === 'integer' && /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : text;
}
