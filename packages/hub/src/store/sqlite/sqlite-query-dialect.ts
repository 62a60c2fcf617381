import type Database from 'better-sqlite3';
import { sql } from 'kysely';
import { numberIn, substring } from '../../core/query/evaluate.ts';
import { balanced } from '../sql/query/compile-expression.ts';
import type { ComparableType, DialectFunctions, QueryDialect, Sql } from '../sql/query/sql-value.ts';

type Steps = readonly (string | number)[];

/** SQLite's JSON functions, and what it lacks as functions of our own: `defineQueryFunctions` makes those known to a connection. */
export const sqliteQueryDialect: QueryDialect = {
  jsonAs: (type, document, steps) => JSON_AS[type](document, sql`${jsonPath(steps)}`),
  jsonType: (document, steps) => sql`(case json_type(${document}, ${jsonPath(steps)})
    when 'integer' then 'number' when 'real' then 'number' when 'true' then 'boolean' when 'false' then 'boolean'
    else json_type(${document}, ${jsonPath(steps)}) end)`,
  jsonText: (document, steps) => sql`(${document} -> ${jsonPath(steps)})`,
  jsonObject: (members) => sql`json_object(${sql.join(pairs(members, (name) => sql`${name}`))})`,
  jsonOfRows: (name, document) => sql`json_group_object(${name}, json(${document}))`,
  jsonWith: (document, members) =>
    sql`json_set(${document}, ${sql.join(pairs(members, (name) => sql`${jsonPath([name])}`))})`,
  isoTime: (time) => sql`(case ${time} when 0 then '0001-01-01T00:00:00Z'
    else strftime('%Y-%m-%dT%H:%M:%f', ${time} / 1000.0, 'unixepoch') || '0000Z' end)`,
  arithmetic: (operator, left, right) =>
    finite(ARITHMETIC[operator](sql`cast(${left} as real)`, sql`cast(${right} as real)`)),
  negative: (operand) => sql`(- ${operand})`,
  functions: {
    startsWith: (text, part) => sql`(instr(${text}, ${part}) = 1)`,
    endsWith: (text, part) => sql`viaduct_ends_with(${text}, ${part})`,
    contains: (text, part) => sql`(instr(${text}, ${part}) > 0)`,
    indexOf: (text, part) => sql`(instr(${text}, ${part}) - 1)`,
    length: (text) => sql`length(${text})`,
    lower: (text) => sql`viaduct_lower(${text})`,
    upper: (text) => sql`viaduct_upper(${text})`,
    substring: (text, begin, end) =>
      end === null ? sql`viaduct_substring(${text}, ${begin})` : sql`viaduct_substring(${text}, ${begin}, ${end})`,
    concat: (texts) => balanced(texts, sql` || `),
    numberIn: (text) => sql`viaduct_number_in(${text})`,
    abs: (number) => sql`abs(${number})`,
    exp: (number) => finite(sql`exp(${number})`),
    power: (number, exponent) => finite(sql`pow(${number}, ${exponent})`),
    ceiling: (number) => sql`ceil(${number})`,
    floor: (number) => sql`floor(${number})`,
    sign: (number) => sql`sign(${number})`,
    squareRoot: (number) => sql`sqrt(${number})`,
  } satisfies DialectFunctions,
};

/** For `QueryCompiler`: SQLite cannot be interrupted from outside, so it asks for every row whether to go on. */
export const EVERY_ROW: Sql = sql`viaduct_row()`;

/** What `sqliteQueryDialect` writes and SQLite does not know. Texts in every script have a lower case, not only ASCII's. */
export function defineQueryFunctions(database: Database.Database, onRow: () => void): void {
  const define = (name: string, call: (...values: unknown[]) => unknown) => {
    database.function(name, { deterministic: true, varargs: true }, (...values) =>
      values.includes(null) ? null : (call(...values) ?? null),
    );
  };
  // Not deterministic, or SQLite would ask once.
  database.function('viaduct_row', () => {
    onRow();
    return 1;
  });
  define('viaduct_ends_with', (text, part) => Number((text as string).endsWith(part as string)));
  define('viaduct_lower', (text) => (text as string).toLowerCase());
  define('viaduct_upper', (text) => (text as string).toUpperCase());
  define('viaduct_substring', substring);
  define('viaduct_number_in', (text) => numberIn(text as string));
}

const JSON_AS: Readonly<Record<ComparableType, (document: Sql, path: Sql) => Sql>> = {
  number: (document, path) =>
    sql`(case when json_type(${document}, ${path}) in ('integer', 'real') then ${document} ->> ${path} end)`,
  text: (document, path) => sql`(case json_type(${document}, ${path}) when 'text' then ${document} ->> ${path} end)`,
  boolean: (document, path) => sql`(case json_type(${document}, ${path}) when 'true' then 1 when 'false' then 0 end)`,
};

const ARITHMETIC: Readonly<Record<'+' | '-' | '*' | '/' | '%', (left: Sql, right: Sql) => Sql>> = {
  '+': (left, right) => sql`(${left} + ${right})`,
  '-': (left, right) => sql`(${left} - ${right})`,
  '*': (left, right) => sql`(${left} * ${right})`,
  '/': (left, right) => sql`(${left} / ${right})`,
  '%': (left, right) => sql`mod(${left}, ${right})`,
};

/** SQLite calculates on with infinity; the language, like JSON, does not know it. */
function finite(number: Sql): Sql {
  return sql`nullif(nullif(${number}, 9e999), -9e999)`;
}

/** A parameter, as every name that a person wrote. */
export function jsonPath(steps: Steps): string {
  return `$${steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${JSON.stringify(step)}`)).join('')}`;
}

function pairs(
  members: Readonly<Record<string, { readonly json: Sql } | { readonly value: Sql }>>,
  nameOf: (name: string) => Sql,
): Sql[] {
  return Object.entries(members).flatMap(([name, member]) => [
    nameOf(name),
    'json' in member ? sql`json(${member.json})` : member.value,
  ]);
}
