import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrExit } from './lib-run.mjs';
import { ROOT } from './lib-sources.mjs';

const NODE_MIN = [20, 19];

/** Ends with a sentence instead of a syntax error on a Node that is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  console.error(
    `Viaduct needs Node ${NODE_MIN.join('.')} or later; this is ${process.versions.node}. ` +
      'Get one from https://nodejs.org or your package manager, then run the same command again.',
  );
  process.exit(2);
}

/**
 * Installs when there is nothing yet, or when what is installed is not what the lock file says: exactly the lock's
 * versions, either way.
 *
 * `npm ci` wants the lock to name the binaries of every platform. A registry mirror that carries only some makes locks
 * that lack the others, and those `npm ci` refuses; `npm install` takes them, and leaves the file alone.
 */
export async function installIfNeeded() {
  if (isInstalled()) return;
  // Built for another Node: npm would take it for installed and leave it as it is.
  if (!isBuiltForThisNode()) rmSync(SQLITE, { recursive: true, force: true });
  const command = namesEveryPlatform() ? ['ci'] : ['install', '--no-save'];
  console.log(`Installing dependencies (npm ${command.join(' ')}); the first time takes a minute or two …`);
  await runOrExit('npm', [...command, ...QUIETLY]);
  if (needsSqlite13())
    await runOrExit('npm', ['install', '--no-save', '--no-package-lock', 'better-sqlite3@13', ...QUIETLY]);
  writeFileSync(ABI_FILE, process.versions.modules);
}

const QUIETLY = ['--no-fund', '--no-audit', '--loglevel=error'];
const SQLITE = join(ROOT, 'node_modules/better-sqlite3');
const ABI_FILE = join(ROOT, 'node_modules/.viaduct-node-abi');

/**
 * better-sqlite3 12 is the last that Node 20 takes, and the lock names it. Node 24 aborts when the garbage collector meets one of
 * its statements; 13, which wants Node 22, does not.
 */
function needsSqlite13() {
  return Number(process.versions.node.split('.')[0]) >= 24;
}

function isBuiltForThisNode() {
  return existsSync(ABI_FILE) && readFileSync(ABI_FILE, 'utf8') === process.versions.modules;
}

function namesEveryPlatform() {
  const packages = packagesOf(join(ROOT, 'package-lock.json'));
  const known = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)));
  return Object.values(packages)
    .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
    .every((name) => known.has(name));
}

/**
 * npm keeps a copy of the lock file for what it put into node_modules, written last. Packages for other platforms are in
 * the first and not in the second.
 */
function isInstalled() {
  const installedFile = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile) || !isBuiltForThisNode()) return false;
  const wanted = packagesOf(join(ROOT, 'package-lock.json'));
  const installed = packagesOf(installedFile);
  return Object.entries(wanted)
    .filter(([path, { optional }]) => path.startsWith('node_modules/') && !optional)
    .filter(([path]) => !(needsSqlite13() && path === 'node_modules/better-sqlite3'))
    .every(([path, { version }]) => path in installed && installed[path].version === version);
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}
