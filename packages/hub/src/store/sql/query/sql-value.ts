import type { RawBuilder } from 'kysely';

/** A piece of SQL with its parameters. */
export type Sql<T = unknown> = RawBuilder<T>;

/**
 * What an expression of a query is in SQL. Of all but a path into JSON the type is known before a row is read, and SQL's NULL stands
 * for undefined.
 *
 *     number     a number or NULL
 *     text       a text or NULL
 *     boolean    1, 0 or NULL
 *     json       what is at `steps` in a JSON document; the document may be NULL
 *     null       the constant
 *     undefined  the constant
 */
export type SqlValue =
  | { readonly type: 'number' | 'text' | 'boolean'; readonly sql: Sql }
  | { readonly type: 'json'; readonly document: Sql; readonly steps: readonly (string | number)[] }
  | { readonly type: 'null' | 'undefined' };

/** Types that may be compared. */
export type ComparableType = 'number' | 'text' | 'boolean';

/** Everything in a compiled query that is one database's own. PostgreSQL would be a second file. */
export interface QueryDialect {
  /** What is at `steps`, as SQL's own value, and NULL when it is of another type. */
  jsonAs(type: ComparableType, document: Sql, steps: readonly (string | number)[]): Sql;
  /** 'number', 'text', 'boolean', 'null', 'object' or 'array'; NULL when nothing is there. */
  jsonType(document: Sql, steps: readonly (string | number)[]): Sql;
  /** What is there, as JSON text that is the same for equal scalars; NULL when nothing is there. */
  jsonText(document: Sql, steps: readonly (string | number)[]): Sql;
  /** A JSON object of SQL values and JSON documents. */
  jsonObject(members: Readonly<Record<string, { readonly json: Sql } | { readonly value: Sql }>>): Sql;
  /** A JSON object with a member for each of the rows that are brought together: its name, and a JSON document. */
  jsonOfRows(name: Sql, document: Sql): Sql;
  /** A JSON object with members set in it. */
  jsonWith(document: Sql, members: Readonly<Record<string, { readonly json: Sql } | { readonly value: Sql }>>): Sql;
  /** ms since 1970 as `isoTime` writes them. */
  isoTime(time: Sql): Sql;
  /** A sum, difference, product, quotient or remainder of doubles; NULL where that is none. */
  arithmetic(operator: '+' | '-' | '*' | '/' | '%', left: Sql, right: Sql): Sql;
  negative(operand: Sql): Sql;
  /** Arguments have the type that the function wants, or are NULL; then so is the result. */
  functions: DialectFunctions;
}

type Call<N extends number> = N extends 1 ? (a: Sql) => Sql : N extends 2 ? (a: Sql, b: Sql) => Sql : never;

export interface DialectFunctions {
  readonly startsWith: Call<2>;
  readonly endsWith: Call<2>;
  readonly contains: Call<2>;
  readonly indexOf: Call<2>;
  readonly length: Call<1>;
  readonly lower: Call<1>;
  readonly upper: Call<1>;
  readonly substring: (text: Sql, begin: Sql, end: Sql | null) => Sql;
  readonly concat: (texts: readonly Sql[]) => Sql;
  readonly numberIn: Call<1>;
  readonly abs: Call<1>;
  readonly exp: Call<1>;
  readonly power: Call<2>;
  readonly ceiling: Call<1>;
  readonly floor: Call<1>;
  readonly sign: Call<1>;
  readonly squareRoot: Call<1>;
}
