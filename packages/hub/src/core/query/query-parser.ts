import { EmbeddedActionsParser, EOF, type IParserErrorMessageProvider, type IToken, type TokenType } from 'chevrotain';
import type {
  ArithmeticOperator,
  ComparisonOperator,
  Constant,
  Expression,
  Path,
  Query,
  QueryColumn,
  QueryOrder,
  QuerySource,
  Selection,
  TextSpan,
} from './expression.ts';
import { isAggregate, type QueryMeaning } from './query-meaning.ts';
import * as t from './query-tokens.ts';
import { readNumber, readText } from './read-constant.ts';

/**
 * The grammar, top down; each rule builds its piece of the tree. What names mean in the text at hand is `QueryMeaning`'s.
 *
 *     query       := SELECT [TOP n] ( * | column {, column} ) source [where] [GROUP BY path {, path}] [ORDER BY order {, order}]
 *     source      := FROM name [. name]                     where := WHERE disjunction
 *     column      := ( aggregate | disjunction ) [AS name]  order := ( aggregate | disjunction ) [ASC | DESC]
 *     aggregate   := COUNT ( [ * | disjunction ] ) | AVG ( disjunction ) | …
 *     disjunction := conjunction {OR conjunction}           conjunction := negation {AND negation}
 *     negation    := {NOT} comparison
 *     comparison  := sum [ ( = | != | < | … ) sum | [NOT] IN list | NIN list ]
 *     sum         := product { (+|-) product }              product := sign { (*|/|%) sign }
 *     sign        := {+|-} primary
 *     primary     := ( disjunction ) | constant | name ( [disjunction {, disjunction}] ) | path
 *     path        := name { . name | [[name]] | [n] | ["name"] }
 *
 * Rules are members that TypeScript hides and not `#private` ones, for chevrotain finds them by their names. Recursion is only by parentheses, whose depth is bounded before parsing begins.
 */
export class QueryParser extends EmbeddedActionsParser {
  #meaning: QueryMeaning | null = null;

  constructor() {
    super(t.TOKENS, { maxLookahead: 2, errorMessageProvider: EXPECTED, recoveryEnabled: false });
    this.performSelfAnalysis();
  }

  /** Begins with another text. */
  take(tokens: IToken[], meaning: QueryMeaning): void {
    this.input = tokens;
    this.#meaning = meaning;
  }

  /** What names mean. While chevrotain records the grammar nothing has a meaning, and actions do not run. */
  get #names(): QueryMeaning {
    if (this.#meaning === null) throw new Error('take() gives the parser its text');
    return this.#meaning;
  }

  readonly query = this.RULE('query', (): Query => {
    this.CONSUME(t.Select);
    const top = this.OPTION(() => {
      this.CONSUME(t.Top);
      const count = this.CONSUME(t.WholeNumber);
      return this.ACTION(() => this.#names.top(count));
    });
    const columns = this.OR([
      { ALT: () => given(this.CONSUME(t.Star), null) },
      { ALT: () => this.SUBRULE(this.columns) },
    ]);
    const source = this.SUBRULE(this.source);
    const where = this.OPTION2(() => this.SUBRULE(this.where));
    const groupBy = this.OPTION3(() => this.SUBRULE(this.groupBy));
    const orderBy = this.OPTION4(() => this.SUBRULE(this.orderBy));
    return this.ACTION(() =>
      this.#names.query({ top: top ?? null, columns, source, where: where ?? null, groupBy, orderBy }),
    );
  });

  /** `from devices.modules where …`, or the condition alone. */
  readonly selection = this.RULE(
    'selection',
    (): Selection =>
      this.OR<Selection>([
        {
          ALT: () => {
            const source = this.SUBRULE(this.source);
            const where = this.OPTION(() => this.SUBRULE(this.where));
            return this.ACTION(() => this.#names.selection(source, where ?? null));
          },
        },
        {
          ALT: () => {
            const where = this.SUBRULE(this.condition);
            return { source: 'devices', where };
          },
        },
      ]),
  );

  /** A condition and nothing else. */
  readonly condition = this.RULE('condition', (): Expression => this.SUBRULE(this.disjunction));

  private readonly columns = this.RULE('columns', (): QueryColumn[] => {
    const columns: QueryColumn[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const begin = this.LA(1);
        const value = this.SUBRULE(this.valueOrAggregate);
        const name = this.OPTION(() => {
          this.CONSUME(t.As);
          return this.SUBRULE(this.alias);
        });
        this.ACTION(() => columns.push(this.#names.column(value, name, columns.length + 1, begin)));
      },
    });
    return columns;
  });

  private readonly alias = this.RULE('alias', (): string =>
    this.OR([
      { ALT: () => this.CONSUME(t.Word).image },
      { ALT: () => this.CONSUME(t.BracketedName).image.slice(2, -2) },
    ]),
  );

  private readonly source = this.RULE('source', (): { source: QuerySource; at: TextSpan } => {
    this.CONSUME(t.From);
    const first = this.CONSUME(t.Name);
    const second = this.OPTION(() => {
      this.CONSUME(t.Dot);
      return this.CONSUME2(t.Name);
    });
    return this.ACTION(() => this.#names.source(first, second));
  });

  private readonly where = this.RULE('where', (): Expression => {
    this.CONSUME(t.Where);
    return this.SUBRULE(this.disjunction);
  });

  private readonly groupBy = this.RULE('groupBy', (): Path[] => {
    const paths: Path[] = [];
    this.CONSUME(t.Group);
    this.CONSUME(t.By);
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const path = this.SUBRULE(this.path);
        this.ACTION(() => paths.push(path));
      },
    });
    return paths;
  });

  private readonly orderBy = this.RULE('orderBy', (): QueryOrder[] => {
    const orders: QueryOrder[] = [];
    this.CONSUME(t.Order);
    this.CONSUME(t.By);
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const by = this.SUBRULE(this.valueOrAggregate);
        const descending = this.OPTION(() =>
          this.OR([{ ALT: () => given(this.CONSUME(t.Asc), false) }, { ALT: () => given(this.CONSUME(t.Desc), true) }]),
        );
        orders.push({ by, descending: descending ?? false });
      },
    });
    return orders;
  });

  /** An aggregate is written like a function; only here is it taken for one. */
  private readonly valueOrAggregate = this.RULE('valueOrAggregate', (): QueryColumn['value'] =>
    this.OR<QueryColumn['value']>([
      {
        GATE: () => isAggregate(this.LA(1)),
        IGNORE_AMBIGUITIES: true,
        ALT: () => {
          const name = this.CONSUME(t.Name);
          this.CONSUME(t.LeftParenthesis);
          const argument = this.OPTION(() =>
            this.OR2<Expression | '*'>([
              { ALT: () => given(this.CONSUME(t.Star), '*') },
              { ALT: () => this.SUBRULE(this.disjunction) },
            ]),
          );
          this.CONSUME(t.RightParenthesis);
          return this.ACTION(() => this.#names.aggregate(name, argument));
        },
      },
      { ALT: () => this.SUBRULE2(this.disjunction) },
    ]),
  );

  private readonly disjunction = this.RULE('disjunction', (): Expression => {
    const operands: Expression[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Or, DEF: () => operands.push(this.SUBRULE(this.conjunction)) });
    return operands.length === 1 ? operands[0]! : { kind: 'or', operands };
  });

  private readonly conjunction = this.RULE('conjunction', (): Expression => {
    const operands: Expression[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.And, DEF: () => operands.push(this.SUBRULE(this.negation)) });
    return operands.length === 1 ? operands[0]! : { kind: 'and', operands };
  });

  private readonly negation = this.RULE('negation', (): Expression => {
    let negated = 0;
    this.MANY(() => {
      this.CONSUME(t.Not);
      negated++;
    });
    const operand = this.SUBRULE(this.comparison);
    return this.ACTION(() => negate(operand, negated));
  });

  private readonly comparison = this.RULE('comparison', (): Expression => {
    const left = this.SUBRULE(this.sum);
    const whole = this.OPTION(() =>
      this.OR<Expression>([
        {
          ALT: () => {
            const operator = this.SUBRULE(this.comparisonOperator);
            return { kind: 'comparison', operator, left, right: this.SUBRULE2(this.sum) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.In);
            return { kind: 'in', operand: left, items: this.SUBRULE(this.list) };
          },
        },
        {
          ALT: () => {
            this.OR2([
              { ALT: () => this.CONSUME(t.Nin) },
              {
                ALT: () => {
                  this.CONSUME(t.Not);
                  this.CONSUME2(t.In);
                },
              },
            ]);
            const items = this.SUBRULE2(this.list);
            return { kind: 'not', operand: { kind: 'in', operand: left, items } };
          },
        },
      ]),
    );
    return whole ?? left;
  });

  private readonly comparisonOperator = this.RULE('comparisonOperator', (): ComparisonOperator => {
    const { image } = this.OR([
      { ALT: () => this.CONSUME(t.Equal) },
      { ALT: () => this.CONSUME(t.NotEqual) },
      { ALT: () => this.CONSUME(t.Less) },
      { ALT: () => this.CONSUME(t.LessOrEqual) },
      { ALT: () => this.CONSUME(t.More) },
      { ALT: () => this.CONSUME(t.MoreOrEqual) },
    ]);
    return image === '<>' ? '!=' : (image as ComparisonOperator);
  });

  private readonly sum = this.RULE('sum', (): Expression => {
    let left = this.SUBRULE(this.product);
    this.MANY(() => {
      const { image } = this.OR([{ ALT: () => this.CONSUME(t.Plus) }, { ALT: () => this.CONSUME(t.Minus) }]);
      left = { kind: 'arithmetic', operator: image as ArithmeticOperator, left, right: this.SUBRULE2(this.product) };
    });
    return left;
  });

  private readonly product = this.RULE('product', (): Expression => {
    let left = this.SUBRULE(this.sign);
    this.MANY(() => {
      const { image } = this.OR([
        { ALT: () => this.CONSUME(t.Star) },
        { ALT: () => this.CONSUME(t.Slash) },
        { ALT: () => this.CONSUME(t.Percent) },
      ]);
      left = { kind: 'arithmetic', operator: image as ArithmeticOperator, left, right: this.SUBRULE2(this.sign) };
    });
    return left;
  });

  private readonly sign = this.RULE('sign', (): Expression => {
    let isSigned = false;
    let isNegative = false;
    this.MANY(() => {
      isSigned = true;
      this.OR([
        { ALT: () => this.CONSUME(t.Plus) },
        {
          ALT: () => {
            this.CONSUME(t.Minus);
            isNegative = !isNegative;
          },
        },
      ]);
    });
    const operand = this.SUBRULE(this.primary);
    return this.ACTION(() => (isSigned ? signed(operand, isNegative) : operand));
  });

  private readonly primary = this.RULE(
    'primary',
    (): Expression =>
      this.OR<Expression>([
        {
          ALT: () => {
            this.CONSUME(t.LeftParenthesis);
            const inner = this.SUBRULE(this.disjunction);
            this.CONSUME(t.RightParenthesis);
            return inner;
          },
        },
        { ALT: () => ({ kind: 'constant', value: this.SUBRULE(this.constant) }) },
        { ALT: () => this.SUBRULE(this.call) },
        { ALT: () => this.SUBRULE(this.path) },
      ]),
  );

  private readonly call = this.RULE('call', (): Expression => {
    const name = this.CONSUME(t.Name);
    this.CONSUME(t.LeftParenthesis);
    const args: Expression[] = [];
    this.MANY_SEP({ SEP: t.Comma, DEF: () => args.push(this.SUBRULE(this.disjunction)) });
    this.CONSUME(t.RightParenthesis);
    return this.ACTION(() => this.#names.call(name, args));
  });

  private readonly path = this.RULE('path', (): Path => {
    const first = this.OR([
      { ALT: () => this.CONSUME(t.Name) },
      { ALT: () => this.CONSUME(t.BracketedName) },
      { ALT: () => this.CONSUME(t.BracedName) },
    ]);
    const steps: (string | number)[] = [];
    this.MANY(() => steps.push(this.SUBRULE(this.step)));
    return this.ACTION(() => {
      const last = this.LA(0);
      const at = { offset: first.startOffset, length: last.startOffset + last.image.length - first.startOffset };
      return this.#names.path(first, steps, at);
    });
  });

  private readonly step = this.RULE('step', (): string | number =>
    this.OR<string | number>([
      {
        ALT: () => {
          this.CONSUME(t.Dot);
          return this.OR2([
            { ALT: () => this.CONSUME(t.Word).image },
            { ALT: () => this.CONSUME(t.BracketedName).image.slice(2, -2) },
          ]);
        },
      },
      { ALT: () => this.CONSUME2(t.BracketedName).image.slice(2, -2) },
      {
        ALT: () => {
          this.CONSUME(t.LeftBracket);
          const step = this.OR3<string | number>([
            {
              ALT: () => {
                const index = this.CONSUME(t.WholeNumber);
                return this.ACTION(() => this.#names.arrayIndex(index));
              },
            },
            {
              ALT: () => {
                const name = this.CONSUME(t.Text);
                return this.ACTION(() => readText(this.#names.text, name));
              },
            },
          ]);
          this.CONSUME(t.RightBracket);
          return step;
        },
      },
    ]),
  );

  private readonly list = this.RULE('list', (): Constant[] =>
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.LeftBracket);
          const items = this.SUBRULE(this.items);
          this.CONSUME(t.RightBracket);
          return items;
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.LeftParenthesis);
          const items = this.SUBRULE2(this.items);
          this.CONSUME(t.RightParenthesis);
          return items;
        },
      },
    ]),
  );

  private readonly items = this.RULE('items', (): Constant[] => {
    const items: Constant[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const sign = this.OPTION(() => this.CONSUME(t.Minus));
        const at = this.LA(1);
        const value = this.SUBRULE(this.constant);
        this.ACTION(() => items.push(sign === undefined ? value : this.#names.negative(value, at)));
      },
    });
    return items;
  });

  private readonly constant = this.RULE(
    'constant',
    (): Constant =>
      this.OR<Constant>([
        {
          ALT: () => {
            const token = this.CONSUME(t.Text);
            return this.ACTION(() => readText(this.#names.text, token));
          },
        },
        {
          ALT: () => {
            const token = this.OR2([
              { ALT: () => this.CONSUME(t.HexNumber) },
              { ALT: () => this.CONSUME(t.DecimalNumber) },
            ]);
            return this.ACTION(() => readNumber(this.#names.text, token));
          },
        },
        { ALT: () => given(this.CONSUME(t.True), true) },
        { ALT: () => given(this.CONSUME(t.False), false) },
        { ALT: () => given(this.CONSUME(t.Null), null) },
        { ALT: () => given(this.CONSUME(t.Undefined), undefined) },
      ]),
  );
}

/** What a keyword stands for. */
function given<T>(_keyword: IToken, value: T): T {
  return value;
}

function negate(operand: Expression, times: number): Expression {
  // Twice is not the same as not at all, for NOT of what is neither true nor false is undefined; three times is as once.
  if (times === 0) return operand;
  const negated: Expression = { kind: 'not', operand };
  return times % 2 === 1 ? negated : { kind: 'not', operand: negated };
}

function signed(operand: Expression, isNegative: boolean): Expression {
  if (operand.kind === 'constant' && typeof operand.value === 'number') {
    return { kind: 'constant', value: isNegative ? -operand.value : operand.value };
  }
  const negative: Expression = { kind: 'negative', operand };
  return isNegative ? negative : { kind: 'negative', operand: negative };
}

/** What was expected, in words. The place is in the token. */
const EXPECTED: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => `expected ${wordsFor(expected)}`,
  buildNotAllInputParsedMessage: () => 'expected an operator, the next part of the query, or its end',
  buildNoViableAltMessage: ({ expectedPathsPerAlt }) => {
    const firsts = expectedPathsPerAlt.flat().map(([first]) => first);
    return `expected ${listed(firsts)}`;
  },
  buildEarlyExitMessage: ({ expectedIterationPaths }) =>
    `expected ${listed(expectedIterationPaths.map(([first]) => first))}`,
};

function listed(tokens: readonly (TokenType | undefined)[]): string {
  const known = new Set(tokens.filter((token) => token !== undefined));
  // Where a value may begin there are a dozen ways to begin it; three words say the same.
  const isValue = known.has(t.Text) && known.has(t.LeftParenthesis);
  const words = isValue ? ['a value', 'a field', 'a function'] : [...new Set([...known].map(wordsFor))];
  if (isValue && known.has(t.Star)) words.unshift('*');
  const last = words.pop() ?? 'nothing more';
  return words.length === 0 ? last : `${words.join(', ')} or ${last}`;
}

function wordsFor(token: TokenType): string {
  return token === EOF ? 'the end of the query' : (token.LABEL ?? token.name);
}
