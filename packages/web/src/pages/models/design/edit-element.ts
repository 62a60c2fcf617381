import { type JsonObject, semanticTypes, unitsOf } from '@viaduct/contracts';
import { textOf, typesOf, withMember, withTypes } from './dtdl.ts';
import { isNumeric, isPlace, schemaKind } from './edit-schema.ts';

/**
 * One capability of a model, as it is written, changed step by step. Each function is pure and touches what it is named after; whatever
 * it does not know (co-types of others, their members, other languages) stays as it is.
 */
export const CAPABILITY_KINDS = ['telemetry', 'property', 'cloudProperty', 'command', 'component'] as const;
export type CapabilityKind = (typeof CAPABILITY_KINDS)[number];

const TYPES_OF_KIND: Readonly<Record<CapabilityKind, readonly string[]>> = {
  telemetry: ['Telemetry'],
  property: ['Property'],
  cloudProperty: ['Property', 'Cloud'],
  command: ['Command'],
  component: ['Component'],
};
const KIND_TYPES: ReadonlySet<string> = new Set([...Object.values(TYPES_OF_KIND).flat(), 'Relationship']);

/** Members that only some kinds have; with another kind they go. */
const MEMBERS_OF_KIND: Readonly<Record<CapabilityKind, readonly string[]>> = {
  telemetry: ['schema', 'unit', 'displayUnit', 'severity'],
  property: ['schema', 'unit', 'displayUnit', 'writable'],
  cloudProperty: ['schema', 'unit', 'displayUnit'],
  command: ['request', 'response', 'durable', 'commandType'],
  component: ['schema'],
};

/** Co-types of IoT Central's context, and the schemas that each may have. `State` comes and goes with its schema. */
const ROLES: Readonly<Record<string, (schema: unknown) => boolean>> = {
  State: (schema) => schemaKind(schema) === 'enum',
  Event: (schema) => /^(?:double|float|integer|long|string)$/.test(schemaKind(schema)),
  Location: isPlace,
  AccelerationVector: (schema) => schemaKind(schema) === 'vector',
  VelocityVector: (schema) => schemaKind(schema) === 'vector',
};

const PLAIN_TYPES: ReadonlySet<string> = new Set([
  ...KIND_TYPES,
  'State',
  'Initialized',
  'Field',
  'SchemaField',
  'MapValue',
  'CommandPayload',
  'CommandRequest',
  'CommandResponse',
]);

export const NEW_CAPABILITY: JsonObject = { '@type': 'Telemetry', name: '', schema: 'double' };

export function kindOf(element: JsonObject): CapabilityKind {
  const types = typesOf(element);
  if (types.includes('Cloud')) return 'cloudProperty';
  return CAPABILITY_KINDS.find((kind) => types.includes(TYPES_OF_KIND[kind][0] ?? '')) ?? 'telemetry';
}

/** A relationship, or something of a later DTDL: shown, moved and removed, but not changed by the form. */
export function isForeign(element: JsonObject): boolean {
  return !typesOf(element).some((type) => KIND_TYPES.has(type) && type !== 'Relationship' && type !== 'Cloud');
}

export function withKind(element: JsonObject, kind: CapabilityKind): JsonObject {
  const before = kindOf(element);
  if (before === kind) return element;
  const others = typesOf(element).filter((type) => !KIND_TYPES.has(type) && !Object.hasOwn(ROLES, type));
  // What is measured is of no command and of no component.
  const isMeasured = kind !== 'command' && kind !== 'component';
  const meant = isMeasured ? others : others.filter((type) => !isKnownType(type));
  const gone = MEMBERS_OF_KIND[before].filter((member) => !MEMBERS_OF_KIND[kind].includes(member));
  const plain = gone.reduce((one, member) => withMember(one, member, undefined), element);
  const typed = withTypes(plain, [...TYPES_OF_KIND[kind], ...meant]);
  if (kind === 'component' || before === 'component')
    return withMember(typed, 'schema', kind === 'component' ? '' : 'double');
  return kind === 'command' ? typed : withSchema(typed, typed.schema ?? 'double');
}

/** With what goes with the schema, and without what goes with another. */
export function withSchema(element: JsonObject, schema: unknown): JsonObject {
  const isState = kindOf(element) === 'telemetry' && schemaKind(schema) === 'enum';
  const kept = typesOf(element).filter((type) => {
    if (Object.hasOwn(ROLES, type)) return type !== 'State' && ROLES[type]?.(schema) === true;
    return isNumeric(schema) || !isKnownType(type);
  });
  const [kind = 'Telemetry', ...others] = kept;
  const typed = withTypes({ ...element, schema }, isState ? [kind, 'State', ...others] : kept);
  const isUnitless = typesOf(element).some(isKnownType) && !isNumeric(schema);
  return isUnitless ? withMember(withMember(typed, 'unit', undefined), 'displayUnit', undefined) : typed;
}

/** What is measured, or which role telemetry has; `''` for neither. A co-type of somebody else's counts as what is measured. */
export function meaningOf(element: JsonObject): string {
  const types = typesOf(element).filter((type) => !PLAIN_TYPES.has(type) && !/^[A-Z][A-Za-z]*Value$/.test(type));
  return types.find((type) => !Object.hasOwn(ROLES, type)) ?? types[0] ?? '';
}

/** The unit stays where it fits, and is chosen where there is only one. @param base the type of an element that has none: `Field` */
export function withMeaning(element: JsonObject, meaning: string, version: number, base = 'Telemetry'): JsonObject {
  const before = meaningOf(element);
  const others = typesOf(element).filter((type) => type !== before);
  const kept = others.length === 0 ? [base] : others;
  const typed = withTypes(element, meaning === '' ? kept : [...kept, meaning]);
  const units = unitsOf(meaning, version);
  const isKept = units.includes(textOf(element.unit)) || (meaning !== '' && !isKnownType(meaning));
  const unit = isKept ? element.unit : units.length === 1 ? units[0] : undefined;
  const measured = withMember(typed, 'unit', unit);
  const shown = units.includes(textOf(element.displayUnit)) ? measured : withMember(measured, 'displayUnit', undefined);
  return meaning === 'Event' ? shown : withMember(shown, 'severity', undefined);
}

/** What may be chosen for a schema: roles of telemetry, and semantic types of numbers. */
export function meaningsFor(
  element: JsonObject,
  version: number,
): { readonly roles: readonly string[]; readonly types: readonly string[] } {
  const { schema } = element;
  const isTelemetry = typesOf(element).includes('Telemetry');
  const roles = Object.keys(ROLES).filter((role) => role !== 'State' && ROLES[role]?.(schema) === true);
  return { roles: isTelemetry ? roles : [], types: isNumeric(schema) ? semanticTypes(version) : [] };
}

/** How a number is drawn. The co-type is what IoT Central knows these members by. */
export function withHint(element: JsonObject, member: string, value: unknown): JsonObject {
  const changed = withMember(element, member, value);
  const types = typesOf(changed);
  if (value === undefined || member === 'displayUnit' || types.includes('NumberValue')) return changed;
  return withTypes(changed, [...types, 'NumberValue']);
}

function isKnownType(type: string): boolean {
  return semanticTypes(4).includes(type);
}
