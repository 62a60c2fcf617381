/** A JSON Schema (draft 7), as far as the interface needs it. */
export type JsonSchema = Readonly<Record<string, unknown>>;
export type Schemas = Readonly<Record<string, JsonSchema>>;

export const ANY: JsonSchema = {};
export const FLAG: JsonSchema = { type: 'boolean' };
/** Free: what is inside is somebody else's. */
export const FREE_OBJECT: JsonSchema = { type: 'object', additionalProperties: true };
export const TIME: JsonSchema = { type: 'string', format: 'date-time' };

export function text(rules: JsonSchema = {}): JsonSchema {
  return { type: 'string', ...rules };
}

export function oneOf(...values: readonly string[]): JsonSchema {
  return { type: 'string', enum: values };
}

export function number(rules: JsonSchema = {}): JsonSchema {
  return { type: 'number', ...rules };
}

export function integer(rules: JsonSchema = {}): JsonSchema {
  return { type: 'integer', ...rules };
}

export function array(items: JsonSchema, rules: JsonSchema = {}): JsonSchema {
  return { type: 'array', items, ...rules };
}

/** What the server says and clients may send back; it is not looked at then. */
export function readOnly(schema: JsonSchema): JsonSchema {
  return { ...schema, readOnly: true };
}

export function ref(name: string): JsonSchema {
  return { $ref: `#/definitions/${name}` };
}

/** No other members than these: a misspelt one is refused instead of being lost. */
export function object(properties: Schemas, ...required: readonly string[]): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false };
}

export function collection(of: string): JsonSchema {
  return object({ value: array(ref(of)), nextLink: text() }, 'value');
}

/** Variants that their member `type` tells apart. */
export function union(...names: readonly string[]): JsonSchema {
  return { type: 'object', discriminator: { propertyName: 'type' }, required: ['type'], oneOf: names.map(ref) };
}

export function variant(type: string, properties: Schemas, ...required: readonly string[]): JsonSchema {
  return object({ type: { const: type }, ...properties }, 'type', ...required);
}
