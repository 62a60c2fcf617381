import type { ModelField, ModelSchema } from '@viaduct/contracts';

/**
 * A form made from a schema. Pure: what a person typed is kept as text or a switch (`Draft`), so that a half-typed number
 * is not lost; `readDraft` turns it into the value to send, or says what is wrong and where.
 */
export type Draft = string | boolean | { readonly [field: string]: Draft };

export type DraftResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string; readonly path: readonly string[] };

const DURATION = /^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

/** The draft that shows `value`, or an empty one. */
export function draftOf(schema: ModelSchema, value: unknown): Draft {
  switch (schema.kind) {
    case 'boolean':
      return value === true;
    case 'object':
      return Object.fromEntries(
        schema.fields.map((field) => [field.name, draftOf(field.schema, member(value, field))]),
      );
    case 'array':
      return value === undefined || value === null ? '' : JSON.stringify(value, null, 2);
    case 'map':
      return entriesOf(schema.value, value);
    case 'dateTime':
      return localText(value);
    default:
      return value === undefined || value === null ? '' : String(value);
  }
}

/** Of a map: rows by number, so that two may have the same key for as long as somebody types. */
function entriesOf(schema: ModelSchema, value: unknown): Draft {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([key, inner], row) => [String(row), { key, value: draftOf(schema, inner) }]));
}

/** What a `datetime-local` input takes: the viewer's time, to the second. Empty for what is no time. */
function localText(value: unknown): string {
  const atMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(atMs)) return '';
  return new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function member(value: unknown, field: ModelField): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(field.name) : undefined;
}

export function readDraft(schema: ModelSchema, draft: Draft, path: readonly string[] = []): DraftResult {
  switch (schema.kind) {
    case 'boolean':
      return value(draft === true);
    case 'object':
      return readObject(schema.fields, draft, path);
    case 'map':
      return readMap(schema.value, draft, path);
    default:
      return readText(schema, typeof draft === 'string' ? draft.trim() : '', path);
  }
}

function readText(schema: ModelSchema, text: string, path: readonly string[]): DraftResult {
  switch (schema.kind) {
    case 'number':
      return text !== '' && Number.isFinite(Number(text)) ? value(Number(text)) : wrong('Enter a number', path);
    case 'integer':
      if (!/^[+-]?\d+$/.test(text)) return wrong('Enter a whole number', path);
      // What the language cannot hold would be sent as another number.
      return Number.isSafeInteger(Number(text))
        ? value(Number(text))
        : wrong(`Enter a whole number up to ${Number.MAX_SAFE_INTEGER}`, path);
    case 'enum': {
      const chosen = schema.values.find((candidate) => String(candidate.value) === text);
      return chosen === undefined ? wrong('Choose one of the values', path) : value(chosen.value);
    }
    case 'dateTime':
      return Number.isNaN(Date.parse(text))
        ? wrong('Enter a date and time', path)
        : value(new Date(text).toISOString());
    case 'date':
      return DATE.test(text) ? value(text) : wrong('Enter a date: 2026-11-30', path);
    case 'time':
      return TIME.test(text) ? value(text) : wrong('Enter a time: 13:45:00', path);
    case 'duration':
      return DURATION.test(text) ? value(text) : wrong('Enter an ISO 8601 duration: PT1H30M', path);
    case 'array':
      return readArray(text, path);
    default:
      return value(text);
  }
}

/** Fields left empty are left out: DTDL objects have no required fields. */
function readObject(fields: readonly ModelField[], draft: Draft, path: readonly string[]): DraftResult {
  const result: Record<string, unknown> = {};
  for (const field of fields) {
    const inner = typeof draft === 'object' ? (draft[field.name] ?? '') : '';
    if (inner === '') continue;
    const read = readDraft(field.schema, inner, [...path, field.name]);
    if (!read.ok) return read;
    result[field.name] = read.value;
  }
  return value(result);
}

/** Rows whose key is empty are left out. */
function readMap(schema: ModelSchema, draft: Draft, path: readonly string[]): DraftResult {
  const result = new Map<string, unknown>();
  for (const [row, entry] of Object.entries(typeof draft === 'object' ? draft : {})) {
    const { key = '', value: inner = '' } = typeof entry === 'object' ? entry : {};
    if (typeof key !== 'string' || key === '') continue;
    if (result.has(key)) return wrong(`"${key}" is there twice`, [...path, row]);
    const read = readDraft(schema, inner, [...path, row]);
    if (!read.ok) return read;
    result.set(key, read.value);
  }
  return value(Object.fromEntries(result));
}

function readArray(text: string, path: readonly string[]): DraftResult {
  const read = readJson(text, path);
  return !read.ok || Array.isArray(read.value) ? read : wrong('Enter a JSON array: [1, 2]', path);
}

/** JSON as a person typed it; an error names the place the parser names. */
export function readJson(text: string, path: readonly string[] = []): DraftResult {
  try {
    return value(JSON.parse(text));
  } catch (error) {
    return wrong(error instanceof SyntaxError ? `Not JSON: ${error.message}` : 'Not JSON', path);
  }
}

function value(read: unknown): DraftResult {
  return { ok: true, value: read };
}

function wrong(message: string, path: readonly string[]): DraftResult {
  return { ok: false, message, path };
}
