import { existsSync, readFileSync } from 'node:fs';
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
  const command = namesEveryPlatform() ? ['ci'] : ['install', '--no-save'];
  console.log(`Installing dependencies (npm ${command.join(' ')}); the first time takes a minute or two …`);
  await runOrExit('npm', [...command, '--no-fund', '--no-audit', '--loglevel=error']);
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
  if (!existsSync(installedFile)) return false;
  const wanted = packagesOf(join(ROOT, 'package-lock.json'));
  const installed = packagesOf(installedFile);
  return Object.entries(wanted)
    .filter(([path, { optional }]) => path.startsWith('node_modules/') && !optional)
    .every(([path, { version }]) => path in installed && installed[path].version === version);
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}
