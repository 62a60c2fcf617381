import { type DeviceIdentity, LIMITS } from '@viaduct/contracts';

/** Rows that the page collects for a download, or for what the registry does to each; more are the command line's. */
export const COLLECTED_MAX = 20_000;

/** Whom a bulk edit is for. Pure. */
export type BulkTarget =
  | { readonly kind: 'ticked'; readonly identities: readonly DeviceIdentity[] }
  /** Everything the query finds, what is not on the page included. */
  | { readonly kind: 'all'; readonly condition: string };

/**
 * The condition of a job for exactly these; null when it would be longer than a condition may be. Devices and modules do not mix: a
 * result is of the one or the other.
 */
export function conditionFor(target: BulkTarget): string | null {
  if (target.kind === 'all') return target.condition;
  const condition = conditionOfIdentities(target.identities);
  return condition.length > LIMITS.QUERY_CHARACTERS_MAX ? null : condition;
}

function conditionOfIdentities(identities: readonly DeviceIdentity[]): string {
  const modules = identities.filter(({ moduleId }) => moduleId !== undefined);
  if (modules.length === 0) return `deviceId IN [${identities.map(({ deviceId }) => quoted(deviceId)).join(', ')}]`;
  const each = modules.map(
    ({ deviceId, moduleId = '' }) => `(deviceId = ${quoted(deviceId)} AND moduleId = ${quoted(moduleId)})`,
  );
  return `from devices.modules where ${each.join(' OR ')}`;
}

/** An id may have an apostrophe. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/**
 * The merge patch that sets one value: `building.floor` and `3` give `{ building: { floor: 3 } }`.
 *
 * @param typed JSON is taken as such, anything else as a text; nothing removes
 */
export function patchAt(path: string, typed: string): Readonly<Record<string, unknown>> {
  const steps = path.split('.').filter((step) => step !== '');
  return steps.reduceRight<unknown>((below, step) => ({ [step]: below }), valueTyped(typed)) as Record<string, unknown>;
}

export function valueTyped(typed: string): unknown {
  const text = typed.trim();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text; // No JSON: what people type is a text more often than not.
  }
}

/** "1 device", "26 devices", "3 modules". */
export function countWords(count: number, isOfModules: boolean): string {
  const noun = isOfModules ? 'module' : 'device';
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
