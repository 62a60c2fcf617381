/** Writes docs/operating/config.md from the server's table of options: `node scripts/docs-config.mjs`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './lib-sources.mjs';

const { outputFiles } = await build({
  entryPoints: [join(ROOT, 'packages/server/src/describe-config.ts')],
  bundle: true,
  format: 'esm',
  write: false,
});
const { describeConfig } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
writeFileSync(join(ROOT, 'docs/operating/config.md'), describeConfig());
