import { CONFIG_OPTIONS, type ConfigOption } from './config-options.ts';

/** `docs/operating/config.md`, made from the table of options. Pure; `scripts/docs-config.mjs` writes it. */
export function describeConfig(): string {
  const shown = CONFIG_OPTIONS.filter(({ hidden }) => hidden !== true);
  return `# Configuration

Every option of \`viaduct serve\` (and of \`npm start -- …\`). A flag wins over the environment, the environment over the
default. All faults are reported at once, and the server does not start with any. Made from
\`packages/server/src/config-options.ts\` by \`node scripts/docs-config.mjs\`; a test compares the two.

| flag | environment | default | meaning |
|---|---|---|---|
${shown.map(row).join('\n')}

A port that is named has no fall-back; the defaults have one where they may not be bound: 443 → 8443, 8883 → 18883,
5671 → 15671. The start-up text says which clients that affects and how to allow the usual port.
`;
}

function row(option: ConfigOption): string {
  const flag = option.flag === undefined ? 'none: a secret' : `\`${flagText(option)}\``;
  return `| ${flag} | \`${option.env}\` | ${defaultText(option)} | ${option.help} |`;
}

function flagText({ flag = '', type, placeholder }: ConfigOption): string {
  return type === 'switch' ? `--[no-]${flag.slice(2)}` : `${flag} ${placeholder}`;
}

function defaultText({ default: value, type, unit }: ConfigOption): string {
  if (type === 'switch') return value === true ? 'on' : 'off';
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '–';
  return `\`${value}\`${unit === undefined ? '' : ` ${unit}`}`;
}
