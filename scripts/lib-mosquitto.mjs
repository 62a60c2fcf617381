import { existsSync } from 'node:fs';
import { installFromDebian, mayInstallFromDebian } from './lib-debian.mjs';

const PACKAGE = 'mosquitto-clients';
const TOOL = '/usr/bin/mosquitto_pub';

/** Mosquitto's tools for the conformance tests: resolves with why they are missing, or undefined when they are there. */
export async function findMosquitto({ mayInstall }) {
  if (existsSync(TOOL)) return undefined;
  if (!mayInstall || !mayInstallFromDebian())
    return `they are not installed; "sudo apt-get install ${PACKAGE}" provides them on Debian`;
  const problem = await installFromDebian("Mosquitto's clients", [PACKAGE]);
  if (problem !== undefined) return problem;
  return existsSync(TOOL) ? undefined : `the package ${PACKAGE} brought no ${TOOL}`;
}
