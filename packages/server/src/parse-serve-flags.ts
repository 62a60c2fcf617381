import { parseArgs } from 'node:util';
import { type ConfigSources, readConfig, type ServerConfig } from './config.ts';
import { CONFIG_OPTIONS, type ConfigOption } from './config-options.ts';
import { StartFault } from './start-fault.ts';

/**
 * The arguments after `viaduct serve`, with the environment beneath them.
 *
 * @throws StartFault for an unknown flag, or naming every value that is not acceptable
 */
export function parseServeFlags(args: readonly string[], env: ConfigSources['env']): ServerConfig {
  const values = parseFlags(args);
  const flags: Record<string, string | boolean | undefined> = {};
  for (const option of CONFIG_OPTIONS) {
    const value = option.flag === undefined ? undefined : values[flagName(option)];
    flags[option.name] = Array.isArray(value) ? undefined : value;
  }
  return readConfig({ flags, env });
}

function parseFlags(args: readonly string[]): ReturnType<typeof parseArgs>['values'] {
  const options: Record<string, { type: 'string' | 'boolean' }> = {};
  for (const option of CONFIG_OPTIONS) {
    if (option.flag !== undefined)
      options[flagName(option)] = { type: option.type === 'switch' ? 'boolean' : 'string' };
  }
  try {
    return parseArgs({ args: [...args], options, allowNegative: true, allowPositionals: false }).values;
  } catch (cause) {
    throw new StartFault(2, `${(cause as Error).message}\nThe options are:\n${describeServeFlags()}`, { cause });
  }
}

function flagName(option: ConfigOption): string {
  return (option.flag ?? '').slice(2);
}

/** The options as `--help` shows them, one a line. */
export function describeServeFlags(): string {
  const rows = CONFIG_OPTIONS.filter(({ flag, hidden }) => flag !== undefined && hidden !== true).map((option) => {
    const left = option.type === 'switch' ? `--[no-]${flagName(option)}` : `${option.flag} ${option.placeholder}`;
    return { left, right: `${option.help}${defaultOf(option)}` };
  });
  const width = Math.max(...rows.map(({ left }) => left.length));
  return rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}

function defaultOf({ default: value }: ConfigOption): string {
  if (value === undefined || typeof value === 'boolean' || (Array.isArray(value) && value.length === 0)) return '';
  return ` [${value}]`;
}
