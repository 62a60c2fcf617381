import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { ExitCode } from './exit-code.ts';
import { buildProgram } from './program.ts';

const file = new URL('../../../docs/operating/cli.md', import.meta.url);
const BEGIN = '<!-- commands: made from the program by cli-document.test.ts -->\n';
const END = '<!-- end of commands -->';

const program = buildProgram({
  streams: { out: () => undefined, err: () => undefined, errIsTerminal: false },
  env: {},
  stop: new AbortController().signal,
  setExitCode: () => undefined,
  runTrusting: async () => 0,
});

/** The options that stand under every command are described once, at the top of the document. */
const COMMON = new Set(['--json', '--data', '--connection-string', '--ca', '--https-port']);

function leaves(command: Command, path: readonly string[]): readonly (readonly [string, Command])[] {
  if (command.commands.length === 0) return [[path.join(' '), command]];
  return command.commands.flatMap((child) => leaves(child, [...path, child.name()]));
}

function section([path, command]: readonly [string, Command]): string {
  const args = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? ` <${name}>` : ` [${name}]`;
  });
  const rows = [
    ...command.registeredArguments.map((argument) => [
      `\`${argument.name()}\``,
      argument.description,
      argument.defaultValue,
    ]),
    ...command.options
      .filter(({ long }) => !COMMON.has(long ?? ''))
      .map(({ flags, description, defaultValue }) => [`\`${flags}\``, description, defaultValue]),
  ].map(([name, meaning, value]) => `| ${name} | ${meaning}${shown(value)} |`);
  const common = command.options.some(({ long }) => long === '--connection-string') ? 'Common options apply.' : '';
  const table = rows.length === 0 ? '' : `\n| | |\n|---|---|\n${rows.join('\n')}\n`;
  return `${`### \`viaduct ${path}${args.join('')}\`\n\n${sentence(command.description())} ${common}`.trimEnd()}\n${table}`;
}

const shown = (value: unknown) => (value === undefined || Array.isArray(value) ? '' : ` (default ${value})`);
const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

describe('docs/operating/cli.md', () => {
  it('lists every command and option that the program has, and no other', () => {
    const text = readFileSync(file, 'utf8');
    const made = `\n${leaves(program, []).map(section).join('\n')}\n`;
    const [head = '', rest = ''] = text.split(BEGIN);
    const [listed = '', tail = ''] = rest.split(END);
    if (process.env.VIADUCT_WRITE_DOCS !== undefined) writeFileSync(file, `${head}${BEGIN}${made}${END}${tail}`);
    else expect(listed).toBe(made);
  });

  it('describes every common option', () => {
    const text = readFileSync(file, 'utf8');
    for (const option of COMMON) expect(text).toContain(`\`${option}`);
  });

  it('lists every exit code', () => {
    const text = readFileSync(file, 'utf8');
    for (const code of Object.values(ExitCode)) expect(text).toContain(`\n| ${code} |`);
  });
});
