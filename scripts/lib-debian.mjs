import { existsSync } from 'node:fs';
import { run } from './lib-run.mjs';

/** Whether packages may be installed here: on Debian, and as root. Nobody else's machine is changed. */
export function mayInstallFromDebian() {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0;
}

/** Installs Debian's own packages; resolves with what went wrong, or undefined. */
export async function installFromDebian(what, packages) {
  console.log(`Installing ${what} from Debian's packages …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-q'],
    ['install', '-q', '-y', '--no-install-recommends', ...packages],
  ]) {
    const code = await run('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    if (code !== 0) return `"apt-get ${args[0]}" ended with ${code}`;
  }
  return undefined;
}
