import { HubError, LIMITS } from '@viaduct/contracts';
import type { JsonObject } from '../ports.ts';

/** Written by the hub into every document, so clients send them back; they mean nothing. */
const IGNORED_AT_ROOT: ReadonlySet<string> = new Set(['$version', '$metadata']);

/** What keys may not contain: they would not survive as a path of a query. `Cc` is the control characters, C0 and C1. */
const FORBIDDEN_IN_KEY = /[.$ \p{Cc}]/u;

/**
 * What a client sent for tags, desired or reported, checked key by key and without `$version` and `$metadata`. Pure.
 *
 * `nulls` says whether a null may stand for "remove", as in a patch. Sizes of whole sections are checked after merging.
 *
 * @throws HubError argument.invalid (not an object, a key, a value, too deep)
 */
export function validatedSection(input: unknown, name: string, nulls: 'allowed' | 'forbidden'): JsonObject {
  if (!isJsonObject(input)) throw invalid(`${name} is a JSON object`);
  const entries = Object.entries(input).filter(([key]) => !IGNORED_AT_ROOT.has(key));
  const section = Object.fromEntries(entries);
  checkObject(section, name, nulls, 0);
  return section;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws HubError twin.tooLarge */
export function requireSectionSize(values: JsonObject, name: string, bytesMax: number): void {
  const bytes = Buffer.byteLength(JSON.stringify(values), 'utf8');
  if (bytes > bytesMax) {
    throw new HubError('twin.tooLarge', `${name} would have ${bytes} bytes; at most ${bytesMax} are kept`);
  }
}

function checkObject(object: JsonObject, name: string, nulls: 'allowed' | 'forbidden', depth: number): void {
  if (depth > LIMITS.TWIN_DEPTH_MAX) throw invalid(`${name} is nested deeper than ${LIMITS.TWIN_DEPTH_MAX} levels`);
  for (const [key, value] of Object.entries(object)) {
    checkKey(key, name);
    checkValue(value, name, nulls, depth + 1);
  }
}

function checkKey(key: string, name: string): void {
  if (key === '' || FORBIDDEN_IN_KEY.test(key)) {
    throw invalid(
      `${name} has the key ${JSON.stringify(key.slice(0, 80))}: keys have no ".", "$", space or control character`,
    );
  }
  if (Buffer.byteLength(key, 'utf8') > LIMITS.TWIN_KEY_BYTES_MAX) {
    throw invalid(`${name} has a key of more than ${LIMITS.TWIN_KEY_BYTES_MAX} bytes`);
  }
}

function checkValue(value: unknown, name: string, nulls: 'allowed' | 'forbidden', depth: number): void {
  if (value === null) {
    if (nulls === 'forbidden') throw invalid(`${name} has a null; leave the key out instead`);
  } else if (Array.isArray(value)) {
    if (depth > LIMITS.TWIN_DEPTH_MAX) throw invalid(`${name} is nested deeper than ${LIMITS.TWIN_DEPTH_MAX} levels`);
    // A null in an array removes nothing, so it is a value like others.
    for (const element of value) if (element !== null) checkValue(element, name, 'allowed', depth + 1);
  } else if (isJsonObject(value)) checkObject(value, name, nulls, depth);
  else checkScalar(value, name);
}

function checkScalar(value: unknown, name: string): void {
  if (typeof value === 'string') {
    if (Buffer.byteLength(value, 'utf8') > LIMITS.TWIN_STRING_BYTES_MAX) {
      throw invalid(`${name} has a string of more than ${LIMITS.TWIN_STRING_BYTES_MAX} bytes`);
    }
  } else if (typeof value === 'number') {
    const inRange = value >= LIMITS.TWIN_INTEGER_MIN && value <= LIMITS.TWIN_INTEGER_MAX;
    if (!Number.isFinite(value) || (Number.isInteger(value) && !inRange)) {
      throw invalid(`${name} has a number outside ${LIMITS.TWIN_INTEGER_MIN} to ${LIMITS.TWIN_INTEGER_MAX}`);
    }
  } else if (typeof value !== 'boolean') throw invalid(`${name} has a value that JSON does not know`);
}

function invalid(why: string): HubError {
  return new HubError('argument.invalid', why);
}
