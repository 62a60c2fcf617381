import { CliFailure } from './cli-failure.ts';
import { ExitCode } from './exit-code.ts';

/** @throws CliFailure usage, with the shell's part in it: quotes are what most often goes wrong */
export function readJson(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliFailure(
      ExitCode.usage,
      `${what} is not JSON: ${text}`,
      `Put JSON in single quotes, and its strings in double quotes: '{"seconds": 5}' or '"text"'.`,
      { cause },
    );
  }
}

/** @throws CliFailure usage */
export function readNumber(option: string, text: string, { min, max, whole }: NumberRange): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? 'a whole number' : 'a number';
  throw new CliFailure(
    ExitCode.usage,
    `${option} ${text}: not ${kind} from ${min} to ${max}`,
    `Give ${option} such a number.`,
  );
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

/** Pure: `['a=1', 'b=2=3']` → `{a: '1', b: '2=3'}`. @throws CliFailure usage */
export function readPairs(option: string, pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals > 0) return [pair.slice(0, equals), pair.slice(equals + 1)];
      throw new CliFailure(
        ExitCode.usage,
        `${option} ${pair}: not name=value`,
        `Write ${option} name=value, once for each.`,
      );
    }),
  );
}
