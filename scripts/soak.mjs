/**
 * `npm run soak`: builds, raises the limit of open files as far as it may go, and hands over to soak/main.ts.
 *
 * The limit is a shell's to raise: Node cannot raise its own, and thousands of connections need more than the usual 1,024.
 */
import { spawnSync } from 'node:child_process';

const args = process.argv.slice(2);
const root = new URL('..', import.meta.url).pathname;

if (!args.includes('--no-build')) run(process.execPath, ['scripts/build.mjs']);

const soak = 'ulimit -n "$(ulimit -H -n)"; exec "$0" --import tsx soak/main.ts "$@"';
run('sh', ['-c', soak, process.execPath, ...args.filter((arg) => arg !== '--no-build')]);

function run(command, words) {
  const { status } = spawnSync(command, words, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
