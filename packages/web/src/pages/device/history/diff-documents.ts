/** One difference of two documents: a path that one has and the other has not, or that they have differently. */
export interface Difference {
  readonly path: readonly string[];
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * What is different in `after`, in the order of its members, then what it lacks. Objects are compared member by member, everything else as a
 * whole: a list that changed is one difference. Pure.
 */
export function diffDocuments(before: unknown, after: unknown, path: readonly string[] = []): Difference[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
    return names.flatMap((name) => diffDocuments(member(before, name), member(after, name), [...path, name]));
  }
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [{ path, kind: 'added', before, after }];
  if (after === undefined) return [{ path, kind: 'removed', before, after }];
  return isSame(before, after) ? [] : [{ path, kind: 'changed', before, after }];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A document may have a member that is called `constructor`, or lack it. */
function member(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Lists, and a list beside something else. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => isSame(value, b[index]));
  }
  return isObject(a) && isObject(b) && diffDocuments(a, b).length === 0;
}
