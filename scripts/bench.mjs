/**
 * `npm run bench`: builds, so that no older Viaduct is measured by mistake, raises the limit of open files as far as it
 * may go, and hands over to bench/main.ts.
 *
 * The limit is a shell's to raise: Node cannot raise its own, and 2,000 connections need more than the usual 1,024.
 */
import { spawnSync } from 'node:child_process';

const args = process.argv.slice(2);
const root = new URL('..', import.meta.url).pathname;

if (!args.includes('--no-build')) run(process.execPath, ['scripts/build.mjs']);

const bench = 'ulimit -n "$(ulimit -H -n)"; exec "$0" --import tsx bench/main.ts "$@"';
run('sh', ['-c', bench, process.execPath, ...args.filter((arg) => arg !== '--no-build')]);

function run(command, words) {
  const { status } = spawnSync(command, words, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
