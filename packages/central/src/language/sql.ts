import type { SqlValue } from '../history/history.ts';

/** A piece of a statement with what stands for each `?` in it, in order. */
export class Sql {
  readonly text: string;
  readonly parameters: readonly SqlValue[];

  constructor(text: string, parameters: readonly SqlValue[] = []) {
    this.text = text;
    this.parameters = parameters;
  }
}

/** Pieces are put in as they are; every other value becomes a parameter, so nothing that a user wrote is ever part of a statement. */
export function sql(strings: TemplateStringsArray, ...values: readonly (Sql | SqlValue)[]): Sql {
  const parameters: SqlValue[] = [];
  const texts = values.map((value) => {
    parameters.push(...(value instanceof Sql ? value.parameters : [value]));
    return value instanceof Sql ? value.text : '?';
  });
  return new Sql(strings.map((string, index) => string + (texts[index] ?? '')).join(''), parameters);
}

export function joinSql(pieces: readonly Sql[], separator: string): Sql {
  return new Sql(
    pieces.map(({ text }) => text).join(separator),
    pieces.flatMap(({ parameters }) => parameters),
  );
}

/** A name of our own making, such as `n0`. */
export function name(prefix: string, index: number | '' = ''): Sql {
  return new Sql(`${prefix}${index}`);
}

/** A whole number of our own, written out: the store looks it up in the extremes of each block. */
export function wholeNumbers(numbers: readonly number[]): Sql {
  return new Sql(numbers.map((number) => String(Math.trunc(number))).join(', '));
}

/** What a column is called in a file: anything, in quotes. */
export function quotedName(text: string): Sql {
  return new Sql(`"${text.replaceAll('"', '""').replaceAll('\0', '')}"`);
}
