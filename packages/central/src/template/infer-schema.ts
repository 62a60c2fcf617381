import { wordsOf } from './guess-measure.ts';
import { isDtdlName, type ValueShape } from './value-shape.ts';

export interface InferredSchema {
  /** DTDL v2, in IoT Central's context. */
  readonly schema: unknown;
  readonly role: string | null;
}

/** Texts that repeat this often are states. */
const SEEN_PER_STATE_MIN = 5;
const LONG_MIN = 2 ** 31;

/**
 * The schema that all values of one key have; undefined when they have none in common, or none that DTDL can say. Pure.
 */
export function inferSchema(
  name: string,
  shape: ValueShape,
  place: 'telemetry' | 'property',
): InferredSchema | undefined {
  if (shape.kind === 'object') return objectSchema(name, shape);
  if (shape.kind === 'string' && isState(shape)) return { schema: enumOf([...(shape.texts ?? [])]), role: 'State' };
  const schema = plainSchema(shape, place);
  return schema === undefined ? undefined : { schema, role: null };
}

function plainSchema(shape: ValueShape, place: 'telemetry' | 'property'): unknown {
  switch (shape.kind) {
    case 'integer':
      return Math.max(Math.abs(shape.min), Math.abs(shape.max)) >= LONG_MIN ? 'long' : 'integer';
    case 'array':
      // DTDL v2 has no arrays in properties.
      return place === 'telemetry' ? arrayOf(shape) : undefined;
    case 'object':
      return fieldsOf(shape, place);
    default:
      return shape.kind;
  }
}

function objectSchema(name: string, shape: ValueShape): InferredSchema | undefined {
  const members = [...shape.members.keys()].sort().join();
  const areNumbers = [...shape.members.values()].every(({ kind }) => kind === 'integer' || kind === 'double');
  if (areNumbers && !shape.isCut) {
    if (members === 'lat,lon' || members === 'alt,lat,lon') return { schema: 'geopoint', role: 'Location' };
    if (members === 'x,y,z') return { schema: 'vector', role: vectorRole(name) };
  }
  const schema = fieldsOf(shape, 'property');
  return schema === undefined ? undefined : { schema, role: null };
}

function vectorRole(name: string): string | null {
  const words = wordsOf(name);
  if (words.some((word) => /^accel/.test(word))) return 'AccelerationVector';
  return words.some((word) => word === 'velocity' || word === 'speed') ? 'VelocityVector' : null;
}

/** Members that have no schema are left out; what they hold is kept as it is all the same. */
function fieldsOf(shape: ValueShape, place: 'telemetry' | 'property'): unknown {
  const fields = [...shape.members].flatMap(([name, member]) => {
    const schema = plainSchema(member, place);
    return schema === undefined ? [] : [{ name, schema }];
  });
  return fields.length === 0 ? undefined : { '@type': 'Object', fields };
}

function arrayOf({ element }: ValueShape): unknown {
  const elementSchema = element === null ? undefined : plainSchema(element, 'telemetry');
  return elementSchema === undefined ? undefined : { '@type': 'Array', elementSchema };
}

function isState({ texts, seen }: ValueShape): boolean {
  return texts !== null && texts.size > 0 && seen >= 2 * SEEN_PER_STATE_MIN && seen >= texts.size * SEEN_PER_STATE_MIN;
}

function enumOf(texts: readonly string[]): unknown {
  const taken = new Set<string>();
  const enumValues = texts.map((text, index) => {
    const plain = text.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^[^A-Za-z]+|_+$/g, '');
    const name = isDtdlName(plain) && !taken.has(plain.toLowerCase()) ? plain : `value${index + 1}`;
    taken.add(name.toLowerCase());
    return { name, enumValue: text, ...(text === '' ? {} : { displayName: text }) };
  });
  return { '@type': 'Enum', valueSchema: 'string', enumValues };
}
