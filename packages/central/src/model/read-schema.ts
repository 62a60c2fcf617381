import { LIMITS, type ModelField, type ModelSchema } from '@viaduct/contracts';
import { DtdlNode, invalid } from './dtdl-node.ts';
import { isSemanticType, readDisplay } from './read-display.ts';
import { unitSymbol } from './units.ts';

const NUMBER: ModelSchema = { kind: 'number' };
const INTEGER: ModelSchema = { kind: 'integer' };
const STRING: ModelSchema = { kind: 'string' };

/**
 * Schemas that are known by name. Sources: DTDL v2 "Primitive schemas", v3 and v4 "Primitive schema", the geospatial schemas,
 * and `geopoint` and `vector` of Azure IoT Central's own context.
 */
const NAMED: Readonly<Record<string, ModelSchema>> = {
  double: NUMBER,
  float: NUMBER,
  decimal: NUMBER,
  scaledDecimal: NUMBER,
  integer: INTEGER,
  long: INTEGER,
  short: INTEGER,
  byte: INTEGER,
  unsignedByte: INTEGER,
  unsignedShort: INTEGER,
  unsignedInteger: INTEGER,
  unsignedLong: INTEGER,
  boolean: { kind: 'boolean' },
  string: STRING,
  uuid: STRING,
  bytes: STRING,
  dateTime: { kind: 'dateTime' },
  date: { kind: 'date' },
  time: { kind: 'time' },
  duration: { kind: 'duration' },
  geopoint: {
    kind: 'object',
    fields: [plain('lat', NUMBER), plain('lon', NUMBER), plain('alt', NUMBER)],
    named: 'geopoint',
  },
  vector: { kind: 'object', fields: [plain('x', NUMBER), plain('y', NUMBER), plain('z', NUMBER)], named: 'vector' },
  point: geometry({ kind: 'array', element: NUMBER }),
  multiPoint: geometry(arrayOf(NUMBER, 2)),
  lineString: geometry(arrayOf(NUMBER, 2)),
  multiLineString: geometry(arrayOf(NUMBER, 3)),
  polygon: geometry(arrayOf(NUMBER, 3)),
  multiPolygon: geometry(arrayOf(NUMBER, 4)),
};

/** Complex schemas that an interface defines once and names by identifier. */
export type SharedSchemas = ReadonlyMap<string, DtdlNode>;

export interface SchemaScope {
  readonly shared: SharedSchemas;
  /** Counts a field, and refuses one too many: shared schemas that name each other make a small document large. @throws HubError model.invalid */
  readonly count: (path: string) => void;
  readonly component: string | null;
}

/**
 * A field: telemetry, property, payload of a command, or member of an object. @throws HubError model.invalid
 */
export function readField(node: DtdlNode, scope: SchemaScope, depth = 0): ModelField {
  scope.count(node.path);
  const measure = measureOf(node);
  return {
    name: node.name,
    displayName: node.localized('displayName') ?? node.name,
    description: node.localized('description') ?? node.localized('comment'),
    component: scope.component,
    semanticType: [...node.types, ...measure.types].find(isSemanticType) ?? null,
    unit: unitSymbol(measure.get('unit')),
    schema: readSchema(node.get('schema'), `${node.path}.schema`, scope, depth),
    ...readDisplay(node),
  };
}

/** What carries the unit: the field, or the values of a map, for DTDL v3 gives a unit only to what is a number itself. */
function measureOf(node: DtdlNode): DtdlNode {
  const schema = node.get('schema');
  if (node.get('unit') !== undefined || typeof schema !== 'object' || schema === null) return node;
  const value = (schema as Readonly<Record<string, unknown>>).mapValue;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new DtdlNode(value, `${node.path}.schema.mapValue`)
    : node;
}

/** A name we do not know is shown as text: a page with one odd field serves better than none. */
function readSchema(schema: unknown, path: string, scope: SchemaScope, depth: number): ModelSchema {
  if (depth > LIMITS.MODEL_DEPTH_MAX) throw invalid(path, `nests deeper than ${LIMITS.MODEL_DEPTH_MAX}`);
  if (typeof schema === 'string') {
    const shared = scope.shared.get(schema);
    if (shared !== undefined) return readComplex(shared, scope, depth + 1);
    const name = SCHEMA_OF_DTMI.exec(schema)?.[1] ?? schema;
    return (Object.hasOwn(NAMED, name) ? NAMED[name] : undefined) ?? STRING;
  }
  return readComplex(new DtdlNode(schema, path), scope, depth + 1);
}

function readComplex(node: DtdlNode, scope: SchemaScope, depth: number): ModelSchema {
  const schemaOf = (owner: DtdlNode, name: string) =>
    readSchema(owner.get(name), `${owner.path}.${name}`, scope, depth);
  if (node.is('Enum'))
    return { kind: 'enum', values: node.list('enumValues').map((value) => readEnumValue(value, scope)) };
  if (node.is('Object')) {
    return { kind: 'object', fields: node.list('fields').map((field) => readField(field, scope, depth)) };
  }
  if (node.is('Array')) return { kind: 'array', element: schemaOf(node, 'elementSchema') };
  if (node.is('Map')) {
    return { kind: 'map', value: schemaOf(new DtdlNode(node.get('mapValue'), `${node.path}.mapValue`), 'schema') };
  }
  throw invalid(node.path, 'is neither Enum, Object, Array nor Map');
}

function readEnumValue(
  node: DtdlNode,
  scope: SchemaScope,
): { name: string; value: string | number; displayName: string } {
  scope.count(node.path);
  const value = node.get('enumValue');
  if (typeof value !== 'string' && typeof value !== 'number') throw invalid(node.path, 'has no enumValue');
  return { name: node.name, value, displayName: node.localized('displayName') ?? node.name };
}

/** `dtmi:dtdl:instance:Schema:double;3` is `double`, written out. */
const SCHEMA_OF_DTMI = /^dtmi:(?:dtdl|standard):(?:[^;]*:)?([A-Za-z]+)(?:;.*)?$/;

function plain(name: string, schema: ModelSchema): ModelField {
  return { name, displayName: name, description: null, component: null, semanticType: null, unit: null, schema };
}

function geometry(coordinates: ModelSchema): ModelSchema {
  return {
    kind: 'object',
    fields: [plain('type', { kind: 'string' }), plain('coordinates', coordinates)],
    named: 'geometry',
  };
}

function arrayOf(element: ModelSchema, levels: number): ModelSchema {
  return levels === 0 ? element : { kind: 'array', element: arrayOf(element, levels - 1) };
}
