import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS } from './errors.ts';
import { LIMITS } from './limits.ts';

/**
 * Documents that list code are compared with it; `npx vitest -u run packages/contracts` writes them anew.
 */
describe('docs/protocol', () => {
  it('lists every limit with its meaning', async () => {
    await expect(limitsDocument()).toMatchFileSnapshot('../../../docs/protocol/limits.md');
  });

  it('lists every refusal with how each protocol says it', async () => {
    await expect(errorsDocument()).toMatchFileSnapshot('../../../docs/protocol/errors.md');
  });
});

function limitsDocument(): string {
  const source = readFileSync(new URL('./limits.ts', import.meta.url), 'utf8');
  const rows: string[] = [];
  let meaning = '';
  for (const line of source.split('\n')) {
    const comment = /^ {2}\/\*\* (.*) \*\/$/.exec(line)?.[1];
    const name = /^ {2}([A-Z][A-Z0-9_]+):/.exec(line)?.[1];
    if (comment !== undefined) meaning = comment;
    if (name !== undefined)
      rows.push(`| \`${name}\` | ${LIMITS[name as keyof typeof LIMITS].toLocaleString('en-US')} | ${meaning} |`);
  }
  expect(rows).toHaveLength(Object.keys(LIMITS).length);
  return [
    '# Limits',
    '',
    'Every queue, body, depth and wait is bounded, and the bound has a name in `packages/contracts/src/limits.ts`. A peer that exceeds one hears which.',
    '',
    '| name | value | what it bounds |',
    '|---|---:|---|',
    ...rows,
    '',
  ].join('\n');
}

function errorsDocument(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, row]) =>
      `| \`${code}\` | ${row.http} | ${row.hub} ${row.name} | \`${row.amqp}\` | ${row.mqtt} | ${row.retry ? 'yes' : 'no'} | ${row.advice} |`,
  );
  return [
    '# Refusals',
    '',
    'One row per failure a client can see, spoken in each protocol. A code is a public promise: rows are added, never renamed.',
    'MQTT 3.1.1 can say a reason only in CONNACK; a session that is already open is closed, and the reason is in the console.',
    '',
    '| code | HTTP | hub code | AMQP condition | CONNACK | may be repeated | what to do |',
    '|---|---:|---|---|---:|---|---|',
    ...rows,
    '',
  ].join('\n');
}
