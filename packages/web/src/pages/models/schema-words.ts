import type { FieldRole, ModelField, ModelSchema } from '@viaduct/contracts';

const ROLE_WORDS: Readonly<Record<FieldRole, string>> = {
  state: 'state',
  event: 'event',
  location: 'location',
  acceleration: 'acceleration',
  velocity: 'velocity',
};

/** "state: on, off", "number, °C", "object of 3". */
export function fieldWords({ schema, role, unit }: ModelField): string {
  const words = schemaWords(schema);
  const what =
    role === undefined ? words : schema.kind === 'enum' ? words.replace(/^one/, ROLE_WORDS[role]) : ROLE_WORDS[role];
  return unit === null ? what : `${what}, ${unit}`;
}

export function schemaWords(schema: ModelSchema): string {
  switch (schema.kind) {
    case 'enum':
      return `one of ${schema.values.map(({ displayName }) => displayName).join(', ')}`;
    case 'object':
      return schema.named ?? `object of ${schema.fields.length}`;
    case 'array':
      return `list of ${schemaWords(schema.element)}`;
    case 'map':
      return `map of ${schemaWords(schema.value)}`;
    case 'dateTime':
      return 'date and time';
    case 'boolean':
      return 'yes or no';
    case 'string':
      return 'text';
    default:
      return schema.kind;
  }
}
