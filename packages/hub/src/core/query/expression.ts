/** Where something stands in the text of a query: characters as JavaScript counts them. */
export interface TextSpan {
  readonly offset: number;
  readonly length: number;
}

/** `undefined` is a value of its own: what a member that is not there has, and what a comparison of unlike things gives. */
export type Constant = string | number | boolean | null | undefined;

/**
 * What a path begins at.
 *
 *     field         a root field of a twin or of a job's row, in its one spelling: `tags`, `deviceId`, …
 *     application   a message's application property, by the name that follows
 *     system        a message's system property, by the name that follows, without `$`
 *     body          a message's body
 *     twin          the twin of the device or module that sent the message
 */
export type PathScope = 'field' | 'application' | 'system' | 'body' | 'twin';

export interface Path {
  readonly kind: 'path';
  readonly scope: PathScope;
  /** Members by name, elements of arrays by number. */
  readonly steps: readonly (string | number)[];
  readonly at: TextSpan;
}

export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

export type Expression =
  | { readonly kind: 'constant'; readonly value: Constant }
  | Path
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not' | 'negative'; readonly operand: Expression }
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'in'; readonly operand: Expression; readonly items: readonly Constant[] }
  | FunctionCall;

export interface FunctionCall {
  readonly kind: 'call';
  readonly name: FunctionName;
  readonly args: readonly Expression[];
}

/** The functions, with how many arguments each takes. Their meaning is in `evaluate.ts`, and in docs/protocol/query.md. */
export const FUNCTIONS = {
  IS_DEFINED: [1, 1],
  IS_BOOL: [1, 1],
  IS_NULL: [1, 1],
  IS_NUMBER: [1, 1],
  IS_STRING: [1, 1],
  IS_OBJECT: [1, 1],
  IS_ARRAY: [1, 1],
  IS_PRIMITIVE: [1, 1],
  AS_NUMBER: [1, 1],
  STARTS_WITH: [2, 2],
  ENDS_WITH: [2, 2],
  CONTAINS: [2, 2],
  LENGTH: [1, 1],
  LOWER: [1, 1],
  UPPER: [1, 1],
  SUBSTRING: [2, 3],
  INDEX_OF: [2, 2],
  CONCAT: [1, 32],
  ABS: [1, 1],
  EXP: [1, 1],
  POWER: [2, 2],
  SQUARE: [1, 1],
  CEILING: [1, 1],
  FLOOR: [1, 1],
  SIGN: [1, 1],
  SQRT: [1, 1],
} as const satisfies Record<string, readonly [min: number, max: number]>;
export type FunctionName = keyof typeof FUNCTIONS;

export const AGGREGATES = ['COUNT', 'AVG', 'SUM', 'MIN', 'MAX'] as const;
export type AggregateName = (typeof AGGREGATES)[number];

/** A value over many rows. COUNT without an argument counts rows. */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly name: AggregateName;
  readonly argument: Expression | null;
}

export type QuerySource = 'devices' | 'devices.modules' | 'devices.jobs';

/** Which devices or modules: a job's or a configuration's condition. Null: all of them. */
export interface Selection {
  readonly source: 'devices' | 'devices.modules';
  readonly where: Expression | null;
}

export interface QueryColumn {
  /** The member's name in a row of the answer. */
  readonly name: string;
  readonly value: Expression | Aggregate;
}

export interface QueryOrder {
  readonly by: Expression | Aggregate;
  readonly descending: boolean;
}

export interface Query {
  readonly text: string;
  readonly source: QuerySource;
  /** Null: as many as there are. */
  readonly top: number | null;
  /** Null: whole documents, `SELECT *`. */
  readonly columns: readonly QueryColumn[] | null;
  readonly where: Expression | null;
  readonly groupBy: readonly Path[];
  readonly orderBy: readonly QueryOrder[];
}

/** Whether rows of the answer stand for many rows of the source. */
export function isGrouped({ columns, groupBy }: Query): boolean {
  return groupBy.length > 0 || (columns ?? []).some(({ value }) => value.kind === 'aggregate');
}

/** The expressions directly inside one. */
export function partsOf(expression: Expression | Aggregate): readonly Expression[] {
  switch (expression.kind) {
    case 'constant':
    case 'path':
      return [];
    case 'and':
    case 'or':
      return expression.operands;
    case 'not':
    case 'negative':
    case 'in':
      return [expression.operand];
    case 'comparison':
    case 'arithmetic':
      return [expression.left, expression.right];
    case 'call':
      return expression.args;
    case 'aggregate':
      return expression.argument === null ? [] : [expression.argument];
    default:
      return expression satisfies never;
  }
}
