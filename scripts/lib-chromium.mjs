import { existsSync } from 'node:fs';
import { installFromDebian, mayInstallFromDebian } from './lib-debian.mjs';

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
  if (!mayInstall || !mayInstallFromDebian())
    return { missing: 'Chromium is not installed; "sudo apt-get install chromium" provides it on Debian' };
  return await installChromium();
}

async function installChromium() {
  const problem = await installFromDebian('Chromium', ['chromium']);
  if (problem !== undefined) return { missing: problem };
  return existsSync(PLACES[0]) ? { path: PLACES[0] } : { missing: 'the package chromium brought no /usr/bin/chromium' };
}
