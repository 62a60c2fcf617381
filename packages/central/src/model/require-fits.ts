import { HubError, type ModelSchema } from '@viaduct/contracts';

/**
 * Whether a value is what a schema says. Members that an object's schema does not name are let through, as devices do.
 *
 * @throws HubError argument.invalid, naming the member
 */
export function requireFits(value: unknown, schema: ModelSchema, at: string): void {
  switch (schema.kind) {
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw other(at, 'a number', value);
      return;
    case 'integer':
      if (!Number.isSafeInteger(value)) throw other(at, 'an integer', value);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw other(at, 'true or false', value);
      return;
    case 'string':
      if (typeof value !== 'string') throw other(at, 'a text', value);
      return;
    case 'dateTime':
    case 'date':
    case 'time':
    case 'duration':
      if (typeof value !== 'string' || !TIME_FORMS[schema.kind].test(value)) throw other(at, `a ${schema.kind}`, value);
      return;
    case 'enum':
      if (!schema.values.some((each) => each.value === value)) {
        throw other(at, `one of ${schema.values.map((each) => JSON.stringify(each.value)).join(', ')}`, value);
      }
      return;
    case 'object':
      if (!isObject(value)) throw other(at, 'an object', value);
      for (const field of schema.fields) {
        const member = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
        if (member !== undefined && member !== null) requireFits(member, field.schema, `${at}.${field.name}`);
      }
      return;
    case 'array':
      if (!Array.isArray(value)) throw other(at, 'a list', value);
      for (const [index, element] of value.entries()) requireFits(element, schema.element, `${at}[${index}]`);
      return;
    case 'map':
      if (!isObject(value)) throw other(at, 'an object', value);
      for (const [name, member] of Object.entries(value)) requireFits(member, schema.value, `${at}.${name}`);
      return;
    default:
      schema satisfies never;
  }
}

/** ISO 8601, as DTDL has it. */
const TIME_FORMS = {
  dateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?$/,
  date: /^\d{4}-\d\d-\d\d$/,
  time: /^\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?$/,
  duration: /^-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/,
} as const;

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function other(at: string, wanted: string, value: unknown): HubError {
  const said = JSON.stringify(value)?.slice(0, 80) ?? String(value);
  return new HubError('argument.invalid', `"${at}" is ${wanted}, not ${said}`);
}
