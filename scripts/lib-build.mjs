import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runOrExit } from './lib-run.mjs';
import { hashSources, ROOT, readStamp, writeStamp } from './lib-sources.mjs';

const PROGRAMS_STAMP = 'dist/.programs';
const WEB_STAMP = 'dist/.web';
const PROGRAM_PACKAGES = ['agent', 'central', 'cli', 'contracts', 'hub', 'log', 'provisioning', 'guard', 'server'];

/** Builds what is missing or whose sources changed; says what it does, and says nothing when there is nothing to do. */
export async function buildIfNeeded({ force = false, web = true } = {}) {
  await buildPrograms(force);
  if (web) await buildWeb(force);
}

/**
 * `dist/viaduct.mjs`, `dist/agent.mjs`, and the threads that `viaduct.mjs` runs queries, reads models and keeps its directory in. Our own packages are bundled; what npm installed stays in node_modules, where
 * native modules work and a security update of a dependency needs no build. Parts that are loaded on demand (the
 * client SDKs of the command line, the certificate maker) become files of their own, so `serve` starts without them.
 */
async function buildPrograms(force) {
  const hash = hashSources([
    'package.json',
    'scripts/lib-build.mjs',
    'packages/central/models',
    ...PROGRAM_PACKAGES.flatMap((name) => [`packages/${name}/package.json`, `packages/${name}/src`]),
  ]);
  if (!force && readStamp(PROGRAMS_STAMP) === hash) return;
  const started = performance.now();
  const { build } = await import('esbuild');
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: entries(),
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    // Beside the entries, so that a path relative to a source file's bundle always starts at dist/.
    chunkNames: '[name]-[hash]',
    metafile: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    external: npmDependencies().flatMap((name) => [name, `${name}/*`]),
    logLevel: 'warning',
  });
  copyModels();
  removeOldPrograms(new Set(Object.keys(metafile.outputs).map((path) => basename(path))));
  writeStamp(PROGRAMS_STAMP, hash);
  console.log(`Built the programs in ${seconds(started)}.`);
}

/** Chunks of earlier builds; their names carry a hash, so they would pile up. */
function removeOldPrograms(current) {
  for (const name of readdirSync(join(ROOT, 'dist'))) {
    if (/\.mjs(\.map)?$/.test(name) && !current.has(name)) rmSync(join(ROOT, 'dist', name));
  }
}

/** The models we ship, where the path convention of device models looks for `dtmi:viaduct:Machine;1`; the agent's is its own. */
function copyModels() {
  cpSync(join(ROOT, 'packages/central/models/dtmi'), join(ROOT, 'dist/models/dtmi'), { recursive: true });
  cpSync(join(ROOT, 'packages/agent/src/model/machine.json'), join(ROOT, 'dist/models/dtmi/viaduct/machine-1.json'));
}

function entries() {
  const all = {
    viaduct: 'packages/cli/src/main.ts',
    agent: 'packages/agent/src/main.ts',
    // Threads of the server, which looks for them beside the file that starts them.
    'query-worker': 'packages/hub/src/store/sqlite/query-worker.ts',
    'history-thread': 'packages/central/src/history/worker/history-thread.ts',
    'dtdl-worker': 'packages/central/src/template/dtdl-worker.mjs',
    'directory-worker': 'packages/central/src/directory/store/directory-worker.ts',
  };
  return Object.fromEntries(Object.entries(all).filter(([, source]) => existsSync(join(ROOT, source))));
}

/** Every dependency that any of our packages names, except our packages. */
function npmDependencies() {
  const manifests = readdirSync(join(ROOT, 'packages')).map((name) => join(ROOT, 'packages', name, 'package.json'));
  const names = manifests
    .filter((file) => existsSync(file))
    .flatMap((file) => Object.keys(JSON.parse(readFileSync(file, 'utf8')).dependencies ?? {}));
  return [...new Set(names)].filter((name) => !name.startsWith('@viaduct/'));
}

/** `dist/web`: the console, by Vite. It takes longest and changes least, so it has a stamp of its own. */
async function buildWeb(force) {
  if (!existsSync(join(ROOT, 'packages/web/index.html'))) return;
  const hash = hashSources(['packages/web', 'packages/contracts/src', 'scripts/lib-build.mjs']);
  if (!force && readStamp(WEB_STAMP) === hash) return;
  const started = performance.now();
  console.log('Building the console …');
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const args = ['build', '--logLevel', 'warn', '--emptyOutDir', '--outDir', join(ROOT, 'dist/web')];
  await runOrExit(process.execPath, [vite, ...args], { cwd: join(ROOT, 'packages/web') });
  writeStamp(WEB_STAMP, hash);
  console.log(`Built the console in ${seconds(started)}.`);
}

function seconds(started) {
  return `${((performance.now() - started) / 1_000).toFixed(1)} s`;
}
