// The start of the directory's threads where nothing was built: in tests, and under tsx. A worker thread does not inherit a loader, and to
// register one takes seconds in every thread; made into one script it starts in a tenth of one. A bundle starts
// `directory-worker.mjs` itself.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const entry = fileURLToPath(new URL('directory-worker.ts', import.meta.url));
const made = buildSync({
  entryPoints: [entry],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  sourcemap: 'inline',
  // Finds its binding beside itself.
  external: ['better-sqlite3'],
  write: false,
});
new Function('require', made.outputFiles[0].text)(createRequire(import.meta.url));
