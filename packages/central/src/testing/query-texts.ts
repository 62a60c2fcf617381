import { QueryRefusal } from '@viaduct/hub';

/** What a refused text is refused with; of one that is not, an empty refusal. Anything else thrown is a fault. */
export function refusalOf(read: () => unknown): QueryRefusal {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof QueryRefusal) return thrown;
    throw thrown;
  }
  return new QueryRefusal('', { offset: 0, length: 0 }, 'it was understood', 'query.invalid');
}

/** Pieces of conditions: in any order, many are nearly right. */
export const CONDITION_PIECES: readonly string[] = [
  ...[
    '$id',
    '$ts',
    '$template',
    '$simulated',
    'a',
    'b.c',
    '["d e"]',
    'AND',
    'OR',
    'NOT',
    '(',
    ')',
    '=',
    '<=',
    '!=',
    'IN',
  ],
  ...["['x', 'y']", '[1, -2.5]', "'it''s'", '"q"', '5', 'true', 'NULL', 'IS', 'LIKE', "'%p%'", 'BETWEEN'],
  ...['WITHIN_WINDOW(P1D)', '$id = "a"', 'a = 1', 'b.c > 2', '$simulated = false', "CONTAINS(a, 'b')"],
];
