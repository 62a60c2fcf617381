import { spawnSync } from 'node:child_process';
import { installFromDebian, mayInstallFromDebian } from './lib-debian.mjs';

/** Debian's packages, and the modules by which they are recognised. */
const PACKAGES = ['python3-azure', 'python3-azure-storage', 'python3-uamqp', 'python3-paho-mqtt', 'python3-websocket'];
const MODULES = 'azure.eventhub, azure.storage.blob, uamqp, paho.mqtt, websocket';

/** The Python clients for the conformance tests: resolves with why they are missing, or undefined when they are there. */
export async function findPythonClients({ mayInstall }) {
  if (areThere()) return undefined;
  if (!mayInstall || !mayInstallFromDebian())
    return `the Python clients are not installed; "sudo apt-get install ${PACKAGES.join(' ')}" provides them on Debian`;
  const problem = await installFromDebian('the Python clients', PACKAGES);
  if (problem !== undefined) return problem;
  return areThere() ? undefined : `the packages ${PACKAGES.join(' ')} brought no ${MODULES}`;
}

function areThere() {
  return spawnSync('/usr/bin/python3', ['-c', `import ${MODULES}`]).status === 0;
}
