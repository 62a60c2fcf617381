// The start of the thread where nothing was built: in tests, and under tsx. A worker thread does not inherit a loader, and to
// register one takes seconds in every thread; made into one script it starts in a few tenths of one. A bundle starts
// `history-thread.mjs` itself.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const entry = fileURLToPath(new URL('history-thread.ts', import.meta.url));
const made = buildSync({
  entryPoints: [entry],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  sourcemap: 'inline',
  // Find their bindings beside themselves.
  external: ['@duckdb/node-api', 'better-sqlite3'],
  write: false,
});
new Function('require', made.outputFiles[0].text)(createRequire(import.meta.url));
