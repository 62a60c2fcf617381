import { HubError } from '@viaduct/contracts';
import { Ajv, type ErrorObject } from 'ajv';
import { PATH_PARAMETERS } from './schemas/parameters.ts';
import { SCHEMAS } from './schemas/schemas.ts';

const ajv = new Ajv({ discriminator: true, strict: true, strictRequired: false, allowUnionTypes: true });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/);
ajv.addFormat('date-time-rfc1123', /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
ajv.addSchema({ $id: 'central', definitions: SCHEMAS });

/** That a document has the schema of this name. @throws HubError central.bodyInvalid, naming the member */
export function requireValid(schema: string, document: unknown): void {
  const validate = ajv.getSchema(`central#/definitions/${schema}`);
  if (validate === undefined || validate(document) === true) return;
  const error = validate.errors?.find(({ keyword }) => keyword !== 'oneOf') ?? validate.errors?.[0];
  if (error !== undefined) throw new HubError('central.bodyInvalid', describe(error));
}

/** That an id has the form that what is made with it must have. @throws HubError argument.invalid */
export function requireValidIds(params: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(params)) {
    const schema = PATH_PARAMETERS[name];
    if (schema !== undefined && !ajv.validate(schema, value)) {
      throw new HubError('argument.invalid', `${name} ${ajv.errors?.[0]?.message ?? 'is wrong'}`);
    }
  }
}

/** `tiles/0/width must be <= 10`. */
function describe({ instancePath, message = 'is wrong', params }: ErrorObject): string {
  const place = instancePath === '' ? 'the body' : instancePath.slice(1).replaceAll('~1', '/');
  const { additionalProperty, allowedValues } = params as { additionalProperty?: string; allowedValues?: unknown[] };
  if (additionalProperty !== undefined) return `${place} has no member "${additionalProperty}"`;
  return `${place} ${message}${allowedValues === undefined ? '' : `: ${allowedValues.join(', ')}`}`;
}
