import { sql } from 'kysely';
import type { ComparisonOperator, Constant, Expression, FunctionCall, Path } from '../../../core/query/expression.ts';
import type { ComparableType, QueryDialect, Sql, SqlValue } from './sql-value.ts';

/** What a path is in SQL; the source knows its columns. */
export type CompilesPaths = (path: Path) => SqlValue;

const NULL: Sql = sql`null`;
const TYPES = ['number', 'text', 'boolean'] as const satisfies readonly ComparableType[];

/**
 * Expressions as SQL, by the rules of `evaluate`. Values become parameters, all of them; only what this file and the dialect write
 * is text.
 *
 * Undefined is NULL, and SQL's logic of NULL is that of the language. What differs is types: SQLite compares 1 with 'a' and says no,
 * where the language says nothing. So each side is asked for as the type that both have (NULL when it is of another), and only
 * paths, which are leaves, are ever written more than once: the text grows with the query and not faster.
 */
export class ExpressionCompiler {
  readonly #dialect: QueryDialect;
  readonly #path: CompilesPaths;

  constructor(dialect: QueryDialect, path: CompilesPaths) {
    this.#dialect = dialect;
    this.#path = path;
  }

  /** True for the rows that fit, false or NULL for all others. */
  condition(expression: Expression): Sql {
    return this.#as('boolean', this.value(expression));
  }

  value(expression: Expression): SqlValue {
    switch (expression.kind) {
      case 'constant':
        return constantValue(expression.value);
      case 'path':
        return this.#path(expression);
      case 'and':
      case 'or': {
        const operands = expression.operands.map((operand) => this.condition(operand));
        return { type: 'boolean', sql: balanced(operands, expression.kind === 'and' ? sql` and ` : sql` or `) };
      }
      case 'not':
        return { type: 'boolean', sql: sql`(not ${this.condition(expression.operand)})` };
      case 'negative':
        return { type: 'number', sql: this.#dialect.negative(this.#as('number', this.value(expression.operand))) };
      case 'comparison':
        return {
          type: 'boolean',
          sql: this.#compare(expression.operator, this.value(expression.left), this.value(expression.right)),
        };
      case 'arithmetic': {
        const left = this.#as('number', this.value(expression.left));
        const right = this.#as('number', this.value(expression.right));
        return { type: 'number', sql: this.#dialect.arithmetic(expression.operator, left, right) };
      }
      case 'in':
        return { type: 'boolean', sql: this.#among(this.value(expression.operand), expression.items) };
      case 'call':
        return this.#call(expression);
      default:
        return expression satisfies never;
    }
  }

  /** As a column of the answer: JSON text where only the row knows the type. */
  column(value: SqlValue): { readonly type: 'number' | 'text' | 'boolean' | 'json'; readonly sql: Sql } {
    switch (value.type) {
      case 'json':
        return { type: 'json', sql: this.#dialect.jsonText(value.document, value.steps) };
      case 'null':
        return { type: 'json', sql: sql`'null'` };
      case 'undefined':
        return { type: 'json', sql: NULL };
      default:
        return value;
    }
  }

  /**
   * What rows are sorted by, one after another: undefined, null, false, true, numbers, texts, and then all arrays and objects.
   * A key of SQL's NULL comes first.
   */
  sortKeys(value: SqlValue): readonly Sql[] {
    if (value.type !== 'json') return 'sql' in value ? [value.sql] : [];
    const type = this.#type(value);
    const rank = sql`(case ${type} when 'null' then 1 when 'boolean' then 2 when 'number' then 3 when 'text' then 4
      when 'array' then 5 when 'object' then 6 else 0 end)`;
    return [rank, ...TYPES.map((each) => this.#as(each, value))];
  }

  /** Numbers for SUM and AVG; numbers and texts for MIN and MAX. */
  aggregated(value: SqlValue, over: 'numbers' | 'numbersAndTexts'): Sql {
    const number = this.#as('number', value);
    if (over === 'numbers') return number;
    if (value.type !== 'json') return this.#as(value.type === 'text' ? 'text' : 'number', value);
    return sql`coalesce(${number}, ${this.#as('text', value)})`;
  }

  #as(type: ComparableType, value: SqlValue): Sql {
    if (value.type === 'json') return this.#dialect.jsonAs(type, value.document, value.steps);
    return 'sql' in value && value.type === type ? value.sql : NULL;
  }

  #type({ document, steps }: SqlValue & { type: 'json' }): Sql {
    return this.#dialect.jsonType(document, steps);
  }

  #compare(operator: ComparisonOperator, left: SqlValue, right: SqlValue): Sql {
    const isEquality = operator === '=' || operator === '!=';
    const types = TYPES.filter((type) => (type !== 'boolean' || isEquality) && mayBe(left, type) && mayBe(right, type));
    const verdicts = types.map((type) => comparison(operator, this.#as(type, left), this.#as(type, right)));
    const bothNull = isEquality ? this.#areBothNull(left, right) : null;
    if (bothNull !== null) verdicts.push(operator === '=' ? bothNull : sql`(not ${bothNull})`);
    return firstKnown(verdicts);
  }

  /** 1, or NULL when one of them is not the JSON null. Null when that cannot be. */
  #areBothNull(left: SqlValue, right: SqlValue): Sql | null {
    const sides = [left, right];
    if (!sides.every(({ type }) => type === 'json' || type === 'null')) return null;
    const tests = sides.filter((side) => side.type === 'json').map((side) => sql`${this.#type(side)} = 'null'`);
    return tests.length === 0 ? sql`1` : sql`(case when ${sql.join(tests, sql` and `)} then 1 end)`;
  }

  /** Unknown when no item is of the operand's type. */
  #among(operand: SqlValue, items: readonly Constant[]): Sql {
    const verdicts = TYPES.flatMap((type) => {
      const candidates = items.map(constantValue).filter((item) => item.type === type);
      if (candidates.length === 0 || !mayBe(operand, type)) return [];
      return [sql`(${this.#as(type, operand)} in (${sql.join(candidates.map((item) => this.#as(type, item)))}))`];
    });
    const isNull = items.includes(null) ? this.#areBothNull(operand, { type: 'null' }) : null;
    return firstKnown(isNull === null ? verdicts : [...verdicts, isNull]);
  }

  #call({ name, args }: FunctionCall): SqlValue {
    const values = args.map((arg) => this.value(arg));
    const [first = UNDEFINED, second = UNDEFINED, third] = values;
    const { functions } = this.#dialect;
    const [text, otherText] = [this.#as('text', first), this.#as('text', second)];
    const [number, otherNumber] = [this.#as('number', first), this.#as('number', second)];
    switch (name) {
      case 'IS_DEFINED':
        return this.#isOfType(first, ['number', 'text', 'boolean', 'null', 'object', 'array']);
      case 'IS_BOOL':
        return this.#isOfType(first, ['boolean']);
      case 'IS_NULL':
        return this.#isOfType(first, ['null']);
      case 'IS_NUMBER':
        return this.#isOfType(first, ['number']);
      case 'IS_STRING':
        return this.#isOfType(first, ['text']);
      case 'IS_OBJECT':
        return this.#isOfType(first, ['object']);
      case 'IS_ARRAY':
        return this.#isOfType(first, ['array']);
      case 'IS_PRIMITIVE':
        return this.#isOfType(first, ['number', 'text', 'boolean', 'null']);
      case 'AS_NUMBER':
        return numeric(sql`coalesce(${number}, ${functions.numberIn(text)})`);
      case 'STARTS_WITH':
        return { type: 'boolean', sql: functions.startsWith(text, otherText) };
      case 'ENDS_WITH':
        return { type: 'boolean', sql: functions.endsWith(text, otherText) };
      case 'CONTAINS':
        return { type: 'boolean', sql: functions.contains(text, otherText) };
      case 'INDEX_OF':
        return numeric(functions.indexOf(text, otherText));
      case 'LENGTH':
        return numeric(functions.length(text));
      case 'LOWER':
        return { type: 'text', sql: functions.lower(text) };
      case 'UPPER':
        return { type: 'text', sql: functions.upper(text) };
      case 'SUBSTRING':
        return {
          type: 'text',
          sql: functions.substring(text, otherNumber, third === undefined ? null : this.#as('number', third)),
        };
      case 'CONCAT':
        return { type: 'text', sql: functions.concat(values.map((value) => this.#as('text', value))) };
      case 'ABS':
        return numeric(functions.abs(number));
      case 'EXP':
        return numeric(functions.exp(number));
      case 'POWER':
        return numeric(functions.power(number, otherNumber));
      case 'SQUARE':
        return numeric(functions.power(number, sql`2`));
      case 'CEILING':
        return numeric(functions.ceiling(number));
      case 'FLOOR':
        return numeric(functions.floor(number));
      case 'SIGN':
        return numeric(functions.sign(number));
      case 'SQRT':
        return numeric(functions.squareRoot(number));
      default:
        return name satisfies never;
    }
  }

  /** Always true or false: what is not there is of no type. */
  #isOfType(value: SqlValue, types: readonly string[]): SqlValue {
    if (value.type === 'json') {
      const literals = types.map((type) => sql.lit(type));
      return { type: 'boolean', sql: sql`coalesce(${this.#type(value)} in (${sql.join(literals)}), 0)` };
    }
    if (!types.includes(value.type)) return { type: 'boolean', sql: sql`0` };
    return { type: 'boolean', sql: 'sql' in value ? sql`(${value.sql} is not null)` : sql`1` };
  }
}

const UNDEFINED: SqlValue = { type: 'undefined' };

function numeric(builder: Sql): SqlValue {
  return { type: 'number', sql: builder };
}

function constantValue(value: Constant): SqlValue {
  switch (typeof value) {
    case 'string':
      return { type: 'text', sql: sql`${value}` };
    case 'number':
      return { type: 'number', sql: sql`${value}` };
    case 'boolean':
      return { type: 'boolean', sql: value ? sql`1` : sql`0` };
    default:
      return { type: value === null ? 'null' : 'undefined' };
  }
}

function mayBe(value: SqlValue, type: ComparableType): boolean {
  return value.type === 'json' || value.type === type;
}

const COMPARISONS: Readonly<Record<ComparisonOperator, Sql>> = {
  '=': sql`=`,
  '!=': sql`<>`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
};

function comparison(operator: ComparisonOperator, left: Sql, right: Sql): Sql {
  return sql`(${left} ${COMPARISONS[operator]} ${right})`;
}

/** At most one of them can be known, for a value has one type. */
function firstKnown(verdicts: readonly Sql[]): Sql {
  const [first = NULL, ...others] = verdicts;
  return others.length === 0 ? first : sql`coalesce(${sql.join(verdicts)})`;
}

/** As a tree and not as a chain: databases bound how deep an expression may be. */
export function balanced(operands: readonly Sql[], operator: Sql): Sql {
  const [only = NULL] = operands;
  if (operands.length <= 1) return only;
  const middle = operands.length >> 1;
  return sql`(${balanced(operands.slice(0, middle), operator)}${operator}${balanced(operands.slice(middle), operator)})`;
}
