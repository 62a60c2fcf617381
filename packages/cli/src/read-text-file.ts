import { readFile } from 'node:fs/promises';
import { CliFailure } from './cli-failure.ts';
import { ExitCode } from './exit-code.ts';
import { readJson } from './read-json.ts';

/** @throws CliFailure usage, with what should have been there */
export async function readTextFile(file: string, advice: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new CliFailure(ExitCode.usage, `the file ${file} cannot be read`, advice, { cause });
  }
}

/** JSON on the command line, or a file of it: what begins with a brace is no file. @throws CliFailure usage when it is no object */
export async function readJsonObject(option: string, given: string): Promise<Readonly<Record<string, unknown>>> {
  const isJson = given.trimStart().startsWith('{');
  const advice = `Give ${option} a JSON object in single quotes, or a file with one.`;
  const value = readJson(option, isJson ? given : await readTextFile(given, advice));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new CliFailure(ExitCode.usage, `${option} is not a JSON object`, advice);
}
