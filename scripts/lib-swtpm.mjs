import { existsSync } from 'node:fs';
import { installFromDebian, mayInstallFromDebian } from './lib-debian.mjs';

const PACKAGE = 'swtpm';
const TOOL = '/usr/bin/swtpm';

/** The software TPM that devices with a TPM are tested with: resolves with why it is missing, or undefined when it is there. */
export async function findSwtpm({ mayInstall }) {
  if (existsSync(TOOL)) return undefined;
  if (!mayInstall || !mayInstallFromDebian())
    return `it is not installed; "sudo apt-get install ${PACKAGE}" provides it on Debian`;
  const problem = await installFromDebian('a software TPM', [PACKAGE]);
  if (problem !== undefined) return problem;
  return existsSync(TOOL) ? undefined : `the package ${PACKAGE} brought no ${TOOL}`;
}
