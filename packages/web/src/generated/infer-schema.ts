import type { FieldRole, ModelSchema } from '@viaduct/contracts';
import { geoPointOf, isVector } from '../live/read-body.ts';
import type { FieldKind } from './view-field.ts';

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const DURATION = /^P(?=.)(\d+[YMWD])*(T(\d+(\.\d+)?[HMS])+)?$/;
/** Objects within objects beyond this are only called objects, and lists within lists are not looked into. */
const DEPTH_MAX = 5;
/** Members of one object that are looked at. */
const MEMBERS_MAX = 100;

/** The schema that a value would have, for what no model speaks of. */
export function inferSchema(value: unknown, depth = 0): ModelSchema {
  switch (typeof value) {
    case 'number':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'string':
      if (DATE_TIME.test(value)) return { kind: 'dateTime' };
      return DURATION.test(value) ? { kind: 'duration' } : { kind: 'string' };
    default:
      return Array.isArray(value)
        ? { kind: 'array', element: depth >= DEPTH_MAX ? { kind: 'string' } : inferSchema(value[0], depth + 1) }
        : inferObject((value ?? {}) as object, depth);
  }
}

function inferObject(value: object, depth: number): ModelSchema {
  const named = geoPointOf(value) !== null ? 'geopoint' : isVector(value) ? 'vector' : undefined;
  const fields = (depth >= DEPTH_MAX ? [] : Object.entries(value).slice(0, MEMBERS_MAX)).map(([name, inner]) => ({
    name,
    displayName: name,
    description: null,
    component: null,
    semanticType: null,
    unit: null,
    schema: inferSchema(inner, depth + 1),
  }));
  return { kind: 'object', fields, ...(named === undefined ? {} : { named }) };
}

/** What is drawn of a schema. The role, where the model gives one, says more than the type. */
export function kindOf(schema: ModelSchema, role?: FieldRole): FieldKind {
  switch (role) {
    case 'event':
    case 'state':
    case 'location':
      return role;
    case 'acceleration':
    case 'velocity':
      return 'vector';
    default:
      return kindOfSchema(schema);
  }
}

function kindOfSchema(schema: ModelSchema): FieldKind {
  switch (schema.kind) {
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'enum':
      return 'state';
    case 'object':
      if (schema.named === 'geopoint') return 'location';
      return schema.named === 'vector' ? 'vector' : schema.named === 'geometry' ? 'text' : 'object';
    case 'array':
    case 'map':
      return 'object';
    default:
      return 'text';
  }
}

/** What a schema is called: "number", "geopoint", "date and time", "object of 3". */
export function schemaWords(schema: ModelSchema): string {
  switch (schema.kind) {
    case 'dateTime':
      return 'date and time';
    case 'object':
      return schema.named ?? `object of ${schema.fields.length}`;
    case 'array':
      return `list of ${schemaWords(schema.element)}`;
    case 'map':
      return `map of ${schemaWords(schema.value)}`;
    default:
      return schema.kind;
  }
}
