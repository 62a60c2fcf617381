import { existsSync } from 'node:fs';
import { run } from './lib-run.mjs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/**
 * The browser for the end-to-end tests: `{ path }`, or `{ missing }` with the reason in words. On Debian and as root it is
 * installed from Debian's own packages; nobody else's machine is changed.
 */
export async function findChromium({ mayInstall }) {
  const given = process.env.VIADUCT_CHROMIUM;
  if (given)
    return existsSync(given) ? { path: given } : { missing: `VIADUCT_CHROMIUM names ${given}, which is not there` };
  const found = PLACES.find((path) => existsSync(path));
  if (found !== undefined) return { path: found };
  if (!existsSync('/etc/debian_version')) return { missing: 'Chromium is not installed' };
  if (!mayInstall || process.getuid?.() !== 0)
    return { missing: 'Chromium is not installed; "sudo apt-get install chromium" provides it' };
  return await installFromDebian();
}

async function installFromDebian() {
  console.log("Installing Chromium from Debian's packages …");
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-q'],
    ['install', '-q', '-y', '--no-install-recommends', 'chromium'],
  ]) {
    const code = await run('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    if (code !== 0) return { missing: `"apt-get ${args[0]}" ended with ${code}` };
  }
  return existsSync(PLACES[0]) ? { path: PLACES[0] } : { missing: 'the package chromium brought no /usr/bin/chromium' };
}
