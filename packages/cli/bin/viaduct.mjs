#!/usr/bin/env node
/**
 * Runs the bundle, and builds it first where it is missing: `npx viaduct …` works on a fresh clone once npm has installed.
 * Node itself runs this file, so it stays plain JavaScript without dependencies.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);
const bundle = new URL('dist/viaduct.mjs', root);

if (!existsSync(bundle)) {
  process.stderr.write('viaduct: building, this happens once …\n');
  // On standard error, for standard output belongs to the command.
  const build = spawnSync(process.execPath, [fileURLToPath(new URL('scripts/build.mjs', root))], {
    stdio: ['ignore', 2, 2],
  });
  if (build.status !== 0) {
    process.stderr.write('viaduct: the build failed; `npm install` in the repository, then try again\n');
    process.exit(70);
  }
}
await import(bundle.href);
