import type { JsonObject } from '@viaduct/contracts';

/** What a form of a capability holds; everything else of its element is kept as it is. */
export interface CapabilityDraft {
  readonly kind: CapabilityKind;
  readonly name: string;
  readonly displayName: string;
  /** A name of a schema, `enum`, the identifier of a component's interface, or empty where the element has one that no form can say. */
  readonly schema: string;
  /** Of an enum: `name=value`, a line each. */
  readonly states: string;
  readonly semanticType: string;
  readonly unit: string;
  readonly isWritable: boolean;
  readonly isQueued: boolean;
}

export const CAPABILITY_KINDS = ['telemetry', 'property', 'cloudProperty', 'command', 'component'] as const;
export type CapabilityKind = (typeof CAPABILITY_KINDS)[number];

export const SCHEMAS = [
  'double',
  'integer',
  'long',
  'boolean',
  'string',
  'dateTime',
  'date',
  'time',
  'duration',
  'geopoint',
  'vector',
  'enum',
] as const;

export const EMPTY_CAPABILITY: CapabilityDraft = {
  kind: 'telemetry',
  name: '',
  displayName: '',
  schema: 'double',
  states: '',
  semanticType: '',
  unit: '',
  isWritable: false,
  isQueued: false,
};

/** The elements of the device itself. */
export function contentsOf(document: JsonObject): readonly JsonObject[] {
  const { contents } = modelOf(document);
  return Array.isArray(contents) ? contents : [];
}

export function withContents(document: JsonObject, contents: readonly JsonObject[]): JsonObject {
  return { ...document, capabilityModel: { ...modelOf(document), contents } };
}

function modelOf(document: JsonObject): JsonObject {
  return (document.capabilityModel ?? {}) as JsonObject;
}

/** An element as a form shows it. */
export function readCapability(element: JsonObject): CapabilityDraft {
  const types = typesOf(element);
  const { schema } = element;
  const isEnum = isObject(schema) && typesOf(schema).includes('Enum');
  return {
    kind: kindOf(types),
    name: textOf(element.name),
    displayName: textOf(isObject(element.displayName) ? element.displayName.en : element.displayName),
    schema: isEnum ? 'enum' : isObject(schema) && types.includes('Component') ? textOf(schema['@id']) : textOf(schema),
    states: isEnum ? statesOf(schema) : '',
    semanticType: types.find((type) => !OWN_TYPES.has(type) && !type.endsWith('Value')) ?? '',
    unit: textOf(element.unit),
    isWritable: element.writable === true,
    isQueued: element.durable === true,
  };
}

/** A form as an element; of the one before it, what the form does not show. */
export function writeCapability(draft: CapabilityDraft, before: JsonObject = {}): JsonObject {
  const { '@type': given, schema: _schema, unit: _unit, writable: _writable, durable: _durable, ...rest } = before;
  const was = readCapability(before);
  const kept = typesOf({ '@type': given }).filter(
    (type) => !KIND_TYPES.has(type) && type !== 'State' && type !== was.semanticType,
  );
  const role = draft.schema === 'enum' && draft.kind === 'telemetry' ? ['State'] : [];
  const measured = draft.semanticType === '' ? [] : [draft.semanticType];
  const types = [...new Set([...TYPES_OF_KIND[draft.kind], ...role, ...measured, ...kept])];
  const schema = schemaOf(draft, before.schema);
  return {
    ...rest,
    '@type': types.length === 1 ? types[0] : types,
    name: draft.name.trim(),
    ...displayNameOf(draft, was, before),
    ...(schema === undefined ? {} : { schema }),
    ...(draft.unit === '' ? {} : { unit: draft.unit.trim() }),
    ...(draft.isWritable && draft.kind === 'property' ? { writable: true } : {}),
    ...(draft.isQueued && draft.kind === 'command' ? { durable: true } : {}),
  };
}

/** In other languages it stays as it is while nobody changes it. */
function displayNameOf(draft: CapabilityDraft, was: CapabilityDraft, before: JsonObject): JsonObject {
  if (draft.displayName === was.displayName)
    return before.displayName === undefined ? {} : { displayName: before.displayName };
  return draft.displayName.trim() === ''
    ? { displayName: draft.name.trim() }
    : { displayName: draft.displayName.trim() };
}

function schemaOf(draft: CapabilityDraft, before: unknown): unknown {
  if (draft.kind === 'command') return undefined;
  if (draft.schema === '' || (draft.kind === 'component' && isObject(before) && before['@id'] === draft.schema))
    return before;
  return draft.schema === 'enum' ? enumOf(draft.states) : draft.schema.trim();
}

function enumOf(states: string): JsonObject {
  const lines = states.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => line.split('=', 2).map((part) => part.trim()));
  const areNumbers = pairs.length > 0 && pairs.every(([, value]) => value !== undefined && /^-?\d+$/.test(value));
  const enumValues = pairs.map(([name = '', value = name]) => ({
    name,
    enumValue: areNumbers ? Number(value) : value,
  }));
  return { '@type': 'Enum', valueSchema: areNumbers ? 'integer' : 'string', enumValues };
}

function statesOf({ enumValues }: JsonObject): string {
  const values: readonly JsonObject[] = Array.isArray(enumValues) ? enumValues : [];
  return values.map(({ name, enumValue }) => `${textOf(name)}=${String(enumValue)}`).join('\n');
}

const TYPES_OF_KIND: Readonly<Record<CapabilityKind, readonly string[]>> = {
  telemetry: ['Telemetry'],
  property: ['Property'],
  cloudProperty: ['Property', 'Cloud'],
  command: ['Command'],
  component: ['Component'],
};
const KIND_TYPES: ReadonlySet<string> = new Set(Object.values(TYPES_OF_KIND).flat());
const OWN_TYPES: ReadonlySet<string> = new Set([
  ...KIND_TYPES,
  'State',
  'Event',
  'Location',
  'Initialized',
  'AccelerationVector',
  'VelocityVector',
]);

function kindOf(types: readonly string[]): CapabilityKind {
  if (types.includes('Cloud')) return 'cloudProperty';
  return CAPABILITY_KINDS.find((kind) => types.includes(TYPES_OF_KIND[kind][0] ?? '')) ?? 'telemetry';
}

function typesOf(element: JsonObject): readonly string[] {
  return [element['@type']].flat().filter((type) => typeof type === 'string');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
