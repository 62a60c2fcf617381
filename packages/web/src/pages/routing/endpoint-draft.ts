import { SECRET_KEPT } from '@viaduct/contracts';
import { type Pairs, pairsOf, recordOf } from '../../ui/pairs-field.tsx';
import type { EndpointField } from './endpoint-fields.ts';

/** What a person typed about an endpoint, by path of the field. */
export type EndpointDraft = Readonly<Record<string, string | boolean | Pairs>>;
type Json = Readonly<Record<string, unknown>>;

/** The draft that shows a configuration; an empty one shows what is usual. Secrets that are kept stay as the sign for it. */
export function endpointDraft(fields: readonly EndpointField[], configuration: Json): EndpointDraft {
  return Object.fromEntries(fields.map((field) => [field.path, draftOf(field, valueAt(configuration, field.path))]));
}

/** Fields that are shown for what is chosen. */
export function fieldsShown(fields: readonly EndpointField[], draft: EndpointDraft): readonly EndpointField[] {
  const isShown = ({ when }: EndpointField): boolean => {
    if (when === undefined) return true;
    const other = fields.find(({ path }) => path === when.path);
    return (other === undefined || isShown(other)) && when.is.includes(String(draft[when.path] ?? ''));
  };
  return fields.filter(isShown);
}

/** The configuration that a draft asks for: only what is shown, without what was left empty. */
export function endpointConfiguration(fields: readonly EndpointField[], draft: EndpointDraft): Json {
  const configuration: Record<string, unknown> = {};
  for (const field of fieldsShown(fields, draft)) {
    const value = typedValue(field, draft[field.path]);
    if (value !== undefined) setAt(configuration, field.path.split('.'), value);
  }
  return configuration;
}

/** The first field that must not be empty and is. */
export function missingField(fields: readonly EndpointField[], draft: EndpointDraft): EndpointField | undefined {
  return fieldsShown(fields, draft).find((field) => {
    const isNeeded = field.isOptional !== true && ['text', 'secret', 'lines'].includes(field.type);
    return isNeeded && typedValue(field, draft[field.path]) === undefined;
  });
}

export function isKept(value: unknown): boolean {
  return value === SECRET_KEPT;
}

function draftOf({ type, otherwise }: EndpointField, value: unknown): string | boolean | Pairs {
  switch (type) {
    case 'flag':
      return typeof value === 'boolean' ? value : otherwise === true;
    case 'pairs':
      return pairsOf((value ?? {}) as Readonly<Record<string, string>>);
    case 'lines':
      return Array.isArray(value) ? value.join('\n') : '';
    default:
      return value === undefined || value === null ? String(otherwise ?? '') : String(value);
  }
}

function typedValue({ type, options }: EndpointField, typed: EndpointDraft[string] | undefined): unknown {
  if (typed === undefined) return undefined;
  if (type === 'pairs') {
    const record = recordOf(typed as Pairs);
    return Object.keys(record).length === 0 ? undefined : record;
  }
  if (typeof typed === 'boolean') return typed;
  const text = String(typed).trim();
  if (text === '') return undefined;
  if (type === 'lines') return text.split(/[\s,]+/).filter((line) => line !== '');
  // A choice among numbers is sent as one.
  const isNumeric = type === 'number' || (type === 'choice' && options?.every(([value]) => /^\d+$/.test(value)));
  return isNumeric ? Number(text) : text;
}

function valueAt(json: Json, path: string): unknown {
  let value: unknown = json;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Json)[step];
  }
  return value;
}

function setAt(json: Record<string, unknown>, [step, ...rest]: readonly string[], value: unknown): void {
  if (step === undefined) return;
  if (rest.length === 0) {
    json[step] = value;
    return;
  }
  const below = (json[step] ?? {}) as Record<string, unknown>;
  json[step] = below;
  setAt(below, rest, value);
}
