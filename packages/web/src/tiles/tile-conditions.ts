import type { TileCondition } from '@viaduct/contracts';

/** The first condition that holds for a value of a capability; numbers are compared as numbers, everything else as text. Pure. */
export function conditionFor(
  conditions: readonly TileCondition[] | undefined,
  capability: string,
  value: unknown,
): TileCondition | null {
  if (value === null || value === undefined) return null;
  const found = conditions?.find((one) => (one.capability ?? capability) === capability && holds(one, value));
  return found ?? null;
}

function holds({ operator, value: limit }: TileCondition, value: unknown): boolean {
  const order = compare(value, limit);
  switch (operator) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
    default:
      return operator satisfies never;
  }
}

/** NaN where the two have no order, for which nothing but `ne` holds. */
function compare(value: unknown, limit: TileCondition['value']): number {
  const [a, b] = [numeric(value), numeric(limit)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return Math.sign(a - b);
  if (Number.isNaN(a) !== Number.isNaN(b)) return Number.NaN;
  const [left, right] = [String(value), String(limit)];
  return left === right ? 0 : left < right ? -1 : 1;
}

function numeric(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

export const OPERATOR_SIGNS: Readonly<Record<TileCondition['operator'], string>> = {
  gt: '>',
  ge: '≥',
  lt: '<',
  le: '≤',
  eq: '=',
  ne: '≠',
};

/** What a condition is called: its own word, or what it says. */
export function conditionWords({ label, operator, value }: TileCondition): string {
  return label ?? `${OPERATOR_SIGNS[operator]} ${value}`;
}
