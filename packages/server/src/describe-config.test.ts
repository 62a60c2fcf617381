import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeConfig } from './describe-config.ts';

it('docs/operating/config.md says what the options are (node scripts/docs-config.mjs writes it)', async () => {
  const file = new URL('../../../docs/operating/config.md', import.meta.url);
  expect(await readFile(file, 'utf8')).toBe(describeConfig());
});
