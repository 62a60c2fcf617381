// The start of the thread where nothing was built: in tests, and under tsx. A worker thread does not inherit a loader, and to
// register one takes seconds in every thread; made into one script it starts in a few tenths of one. A bundle starts
// `history-thread.mjs` itself.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** What npm installed: nearly all of it is of the hub and never used here, and would only be read. */
function npmDependencies() {
  const manifests = ['central', 'hub'].map((name) => new URL(`../../../../${name}/package.json`, import.meta.url));
  const names = manifests.flatMap((file) => Object.keys(JSON.parse(readFileSync(file, 'utf8')).dependencies));
  return names.filter((name) => !name.startsWith('@viaduct/'));
}

const entry = fileURLToPath(new URL('history-thread.ts', import.meta.url));
const made = buildSync({
  entryPoints: [entry],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  sourcemap: 'inline',
  external: npmDependencies(),
  write: false,
  // It would warn of `import.meta` in what it leaves out.
  logLevel: 'error',
});
new Function('require', made.outputFiles[0].text)(createRequire(import.meta.url));
