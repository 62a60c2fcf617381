import { HubError, type JsonObject, LIMITS, type ModelField } from '@viaduct/contracts';
import { requireFits } from '../model/require-fits.ts';

/**
 * A patch of cloud properties, checked against the template where the device has one: names that it does not know and values of other types are
 * refused. Without a template anything goes, up to LIMITS.CLOUD_PROPERTIES_BYTES_MAX.
 *
 * @throws HubError argument.invalid, naming the property
 */
export function checkedCloudPatch(
  patch: JsonObject,
  before: JsonObject,
  fields: readonly ModelField[] | undefined,
): JsonObject {
  for (const [name, value] of Object.entries(patch)) {
    if (name === '' || /[.$\p{Cc}]/u.test(name)) throw invalid(`${JSON.stringify(name)} is no name of a property`);
    const field = fields?.find((each) => each.name === name);
    // Whatever it was, it may go.
    if (value === null) continue;
    if (fields !== undefined && field === undefined) throw invalid(`the template has no cloud property "${name}"`);
    if (field !== undefined) requireFits(value, field.schema, name);
  }
  const bytes = Buffer.byteLength(JSON.stringify({ ...before, ...patch }), 'utf8');
  if (bytes > LIMITS.CLOUD_PROPERTIES_BYTES_MAX) {
    throw invalid(`cloud properties would have ${bytes} bytes; at most ${LIMITS.CLOUD_PROPERTIES_BYTES_MAX} are kept`);
  }
  return patch;
}

function invalid(why: string): HubError {
  return new HubError('argument.invalid', why);
}
