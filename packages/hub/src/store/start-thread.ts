import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * Starts a thread of ours, by its source file, with what it finds as `workerData`.
 *
 * A bundle has the thread as a file beside this one. From source, in tests and under tsx, it is made into one script, once in a process:
 * a thread does not inherit a loader, and to register one takes seconds in every thread.
 */
export function startThread(source: URL, workerData: unknown): Worker {
  if (import.meta.url.endsWith('.ts')) {
    return new Worker(scriptOf(fileURLToPath(source)), { eval: true, workerData, execArgv: [] });
  }
  return new Worker(new URL(`./${basename(source.pathname, '.ts')}.mjs`, import.meta.url), {
    workerData,
    execArgv: [],
  });
}

const scripts = new Map<string, string>();

function scriptOf(entry: string): string {
  const known = scripts.get(entry);
  if (known !== undefined) return known;
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    sourcemap: 'inline',
    // Stays where it was installed: native modules find their bindings beside themselves, and most of it is never used by a thread.
    external: npmDependencies(),
    // A script that is no file has nothing to look for packages from.
    banner: { js: `require = require('node:module').createRequire(${JSON.stringify(import.meta.url)});` },
    write: false,
    // It would warn of `import.meta` in what it leaves out.
    logLevel: 'error',
  });
  const script = outputFiles[0]?.text;
  assert(script !== undefined, `esbuild made nothing of ${entry}`);
  scripts.set(entry, script);
  return script;
}

function npmDependencies(): string[] {
  const packages = new URL('../../../', import.meta.url);
  const manifests = readdirSync(packages).map((name) => new URL(`${name}/package.json`, packages));
  const names = manifests.flatMap((file) => Object.keys(JSON.parse(readFileSync(file, 'utf8')).dependencies ?? {}));
  return names.filter((name) => !name.startsWith('@viaduct/'));
}
