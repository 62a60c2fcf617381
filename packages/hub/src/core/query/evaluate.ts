import type { ArithmeticOperator, ComparisonOperator, Constant, Expression, FunctionCall, Path } from './expression.ts';

/** What a path leads to: any JSON, or undefined when there is nothing. */
export type ResolvePath = (path: Path) => unknown;

/**
 * The value of an expression, by the book: JSON, or undefined. A condition holds when this is `true`, and in no other case.
 *
 *  1. What is compared, added or given to a function that has no use for its type gives undefined, and so does undefined itself.
 *  2. Texts and numbers have an order; true, false and null are only equal or not; objects and arrays are not compared at all.
 *  3. AND, OR and NOT know true, false and undefined: what decides alone decides (`false AND undefined` is false), NOT undefined
 *     is undefined.
 *  4. Texts are sequences of characters (code points), in their length as in their order.
 *
 * The store compiles the same rules to SQL; a test compares the two.
 */
export function evaluate(expression: Expression, resolve: ResolvePath): unknown {
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'path':
      return resolve(expression);
    case 'and':
      return decided(expression.operands, false, resolve);
    case 'or':
      return decided(expression.operands, true, resolve);
    case 'not':
      return negated(evaluate(expression.operand, resolve));
    case 'negative':
      return finite(-asNumber(evaluate(expression.operand, resolve)));
    case 'comparison':
      return compare(expression.operator, evaluate(expression.left, resolve), evaluate(expression.right, resolve));
    case 'arithmetic':
      return calculate(expression.operator, evaluate(expression.left, resolve), evaluate(expression.right, resolve));
    case 'in':
      return isAmong(evaluate(expression.operand, resolve), expression.items);
    case 'call':
      return call(expression, resolve);
    default:
      return expression satisfies never;
  }
}

/** What a path leads to inside a JSON value. */
export function valueAt(value: unknown, steps: readonly (string | number)[]): unknown {
  let found = value;
  for (const step of steps) {
    const isInside = typeof step === 'number' ? Array.isArray(found) : isObject(found);
    if (!isInside || !Object.hasOwn(found as object, step)) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** AND is decided by one false, OR by one true; undecided, it is undefined when any part is. */
function decided(operands: readonly Expression[], decisive: boolean, resolve: ResolvePath): boolean | undefined {
  let isSure = true;
  for (const operand of operands) {
    const value = evaluate(operand, resolve);
    if (value === decisive) return decisive;
    if (typeof value !== 'boolean') isSure = false;
  }
  return isSure ? !decisive : undefined;
}

function negated(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? !value : undefined;
}

function compare(operator: ComparisonOperator, left: unknown, right: unknown): boolean | undefined {
  if (operator === '=') return areEqual(left, right);
  if (operator === '!=') return negated(areEqual(left, right));
  const order = orderOf(left, right);
  if (order === undefined) return undefined;
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return operator satisfies never;
  }
}

function areEqual(left: unknown, right: unknown): boolean | undefined {
  if (left === null || right === null) return left === right ? true : undefined;
  return typeof left === typeof right && isPrimitive(left) ? left === right : undefined;
}

function orderOf(left: unknown, right: unknown): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return orderOfTexts(left, right);
  return undefined;
}

/** By code points; JavaScript's own order puts what is beyond U+FFFF before U+E000. */
function orderOfTexts(left: string, right: string): number {
  const [a, b] = [[...left], [...right]];
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = (a[i]?.codePointAt(0) ?? 0) - (b[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Undefined when no item is of the value's type. */
function isAmong(value: unknown, items: readonly Constant[]): boolean | undefined {
  const verdicts = items.map((item) => areEqual(value, item)).filter((verdict) => verdict !== undefined);
  return verdicts.length === 0 ? undefined : verdicts.includes(true);
}

function calculate(operator: ArithmeticOperator, left: unknown, right: unknown): number | undefined {
  const [a, b] = [asNumber(left), asNumber(right)];
  switch (operator) {
    case '+':
      return finite(a + b);
    case '-':
      return finite(a - b);
    case '*':
      return finite(a * b);
    case '/':
      return finite(a / b);
    case '%':
      return finite(a % b);
    default:
      return operator satisfies never;
  }
}

/** Not a number stands for undefined while we calculate: it spreads in the same way. */
function asNumber(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function call({ name, args }: FunctionCall, resolve: ResolvePath): unknown {
  const values = args.map((arg) => evaluate(arg, resolve));
  const [first, second, third] = values;
  switch (name) {
    case 'IS_DEFINED':
      return first !== undefined;
    case 'IS_BOOL':
      return typeof first === 'boolean';
    case 'IS_NULL':
      return first === null;
    case 'IS_NUMBER':
      return typeof first === 'number';
    case 'IS_STRING':
      return typeof first === 'string';
    case 'IS_OBJECT':
      return isObject(first);
    case 'IS_ARRAY':
      return Array.isArray(first);
    case 'IS_PRIMITIVE':
      return first === null || isPrimitive(first);
    case 'AS_NUMBER':
      return typeof first === 'string' ? numberIn(first) : finite(asNumber(first));
    case 'STARTS_WITH':
      return ofTexts(first, second, (text, part) => text.startsWith(part));
    case 'ENDS_WITH':
      return ofTexts(first, second, (text, part) => text.endsWith(part));
    case 'CONTAINS':
      return ofTexts(first, second, (text, part) => text.includes(part));
    case 'INDEX_OF':
      return ofTexts(first, second, indexOf);
    case 'LENGTH':
      return ofText(first, (text) => [...text].length);
    case 'LOWER':
      return ofText(first, (text) => text.toLowerCase());
    case 'UPPER':
      return ofText(first, (text) => text.toUpperCase());
    case 'SUBSTRING':
      return args.length === 2 ? substring(first, second) : substring(first, second, third);
    case 'CONCAT':
      return values.every((value) => typeof value === 'string') ? values.join('') : undefined;
    case 'ABS':
      return finite(Math.abs(asNumber(first)));
    case 'EXP':
      return finite(Math.exp(asNumber(first)));
    case 'POWER':
      return finite(asNumber(first) ** asNumber(second));
    case 'SQUARE':
      return finite(asNumber(first) ** 2);
    case 'CEILING':
      return finite(Math.ceil(asNumber(first)));
    case 'FLOOR':
      return finite(Math.floor(asNumber(first)));
    case 'SIGN':
      return finite(Math.sign(asNumber(first)));
    case 'SQRT':
      return finite(Math.sqrt(asNumber(first)));
    default:
      return name satisfies never;
  }
}

function isPrimitive(value: unknown): boolean {
  return typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string';
}

function ofText<T>(value: unknown, use: (text: string) => T): T | undefined {
  return typeof value === 'string' ? use(value) : undefined;
}

function ofTexts<T>(left: unknown, right: unknown, use: (left: string, right: string) => T): T | undefined {
  return typeof left === 'string' && typeof right === 'string' ? use(left, right) : undefined;
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** The number that a text spells, as a query would. */
export function numberIn(text: string): number | undefined {
  return NUMBER.test(text) ? finite(Number(text)) : undefined;
}

/** In characters; -1 when it is not there. */
function indexOf(text: string, part: string): number {
  const index = text.indexOf(part);
  return index < 0 ? -1 : [...text.slice(0, index)].length;
}

/** From one character up to, and without, another; both counted from 0, and cut to what there is. */
export function substring(text: unknown, begin: unknown, end: unknown = Number.MAX_SAFE_INTEGER): string | undefined {
  if (typeof text !== 'string' || !isCount(begin) || !isCount(end)) return undefined;
  return [...text].slice(begin, Math.max(begin, end)).join('');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
