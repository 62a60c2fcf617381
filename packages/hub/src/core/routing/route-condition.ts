import { evaluate } from '../query/evaluate.ts';
import { type Expression, partsOf } from '../query/expression.ts';
import { parseRouteCondition } from '../query/parse-query.ts';
import type { RoutedRecord } from './routed-record.ts';

/** What a condition says of a record. Undefined routes like false, and is told apart only when a condition is tried out. */
type ConditionResult = boolean | undefined;

/** A condition of a route, read once. */
export interface RouteCondition {
  readonly isAlwaysTrue: boolean;
  /** Whether the twin must be loaded before `test`. */
  readonly needsTwin: boolean;
  test(record: RoutedRecord): ConditionResult;
}

/** @throws HubError argument.invalid: what is not understood, and where */
export function compileCondition(text: string): RouteCondition {
  const expression = parseRouteCondition(text);
  return {
    isAlwaysTrue: expression.kind === 'constant' && expression.value === true,
    needsTwin: usesTwin(expression),
    test: (record) => {
      const value = evaluate(expression, (path) => record.resolve(path));
      return typeof value === 'boolean' ? value : undefined;
    },
  };
}

function usesTwin(expression: Expression): boolean {
  return expression.kind === 'path' ? expression.scope === 'twin' : partsOf(expression).some(usesTwin);
}
