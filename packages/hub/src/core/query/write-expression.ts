import type { Constant, Expression, Path } from './expression.ts';

/** An expression as text that is read as the same expression. Pure; with more parentheses than a person would write. */
export function writeExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'constant':
      return writeConstant(expression.value);
    case 'path':
      return writePath(expression);
    case 'and':
    case 'or':
      return `(${expression.operands.map(writeExpression).join(` ${expression.kind.toUpperCase()} `)})`;
    case 'not':
      return `(NOT ${writeExpression(expression.operand)})`;
    case 'negative':
      return `(-${writeExpression(expression.operand)})`;
    case 'comparison':
    case 'arithmetic':
      return `(${writeExpression(expression.left)} ${expression.operator} ${writeExpression(expression.right)})`;
    case 'in':
      return `(${writeExpression(expression.operand)} IN [${expression.items.map(writeConstant).join(', ')}])`;
    case 'call':
      return `${expression.name}(${expression.args.map(writeExpression).join(', ')})`;
    default:
      return expression satisfies never;
  }
}

/** JSON's texts are texts of the language too. */
function writeConstant(value: Constant): string {
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

/** A path as a person would write it. */
export function writePath({ steps: [root, ...steps] }: Pick<Path, 'steps'>): string {
  return `${root}${steps.map(writeStep).join('')}`;
}

function writeStep(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`;
  if (PLAIN_NAME.test(step)) return `.${step}`;
  return step.includes(']') ? `[${JSON.stringify(step)}]` : `.[[${step}]]`;
}

const PLAIN_NAME = /^\$?[\p{L}_][\p{L}\p{M}\p{N}_]*$/u;
