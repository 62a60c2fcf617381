import { LIMITS } from '@viaduct/contracts';
import type { Constant, Expression, Path } from '../../../core/query/expression.ts';

/** A path in a section of a twin. */
export interface SectionPath {
  readonly section: 'tags' | 'desired' | 'reported';
  readonly steps: readonly (string | number)[];
}

/** A part of a condition that an index answers: the path has one of the values. */
export interface Equality {
  readonly path: SectionPath;
  readonly values: readonly (string | number | boolean)[];
  /** What is left of the condition without it; null when that was all. */
  readonly rest: Expression | null;
}

/** What must hold for the whole condition to hold, and can be found by equality. */
export function findEqualities(where: Expression | null): readonly Equality[] {
  if (where === null) return [];
  const parts = where.kind === 'and' ? where.operands : [where];
  return parts.flatMap((part) => {
    const found = equalityIn(part);
    return found === undefined ? [] : [{ ...found, rest: without(parts, part) }];
  });
}

function equalityIn(part: Expression): Pick<Equality, 'path' | 'values'> | undefined {
  if (part.kind === 'in') return of(part.operand, part.items);
  if (part.kind !== 'comparison' || part.operator !== '=') return undefined;
  const { left, right } = part;
  if (right.kind === 'constant') return of(left, [right.value]);
  return left.kind === 'constant' ? of(right, [left.value]) : undefined;
}

function of(operand: Expression, items: readonly Constant[]): Pick<Equality, 'path' | 'values'> | undefined {
  const path = operand.kind === 'path' ? sectionPath(operand) : undefined;
  const values = items.filter(isIndexed);
  return path === undefined || values.length < items.length ? undefined : { path, values: [...new Set(values)] };
}

function isIndexed(value: Constant): value is string | number | boolean {
  if (typeof value === 'string') return value.length <= LIMITS.QUERY_INDEX_TEXT_CHARACTERS_MAX;
  return typeof value === 'number' || typeof value === 'boolean';
}

/** Only what people store: the hub's own `$version` and `$metadata` are elsewhere. */
function sectionPath({ steps: [root, second, ...rest] }: Path): SectionPath | undefined {
  if (root === 'tags' && second !== undefined) return { section: 'tags', steps: [second, ...rest] };
  if (root !== 'properties' || (second !== 'desired' && second !== 'reported')) return undefined;
  const [first] = rest;
  return first === undefined || String(first).startsWith('$') ? undefined : { section: second, steps: rest };
}

function without(parts: readonly Expression[], part: Expression): Expression | null {
  const rest = parts.filter((each) => each !== part);
  const [only = null] = rest;
  return rest.length > 1 ? { kind: 'and', operands: rest } : only;
}
