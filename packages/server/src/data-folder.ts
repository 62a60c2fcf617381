import { join } from 'node:path';
import { type AccessPolicy, readPolicies } from '@viaduct/hub';
import { makeAdminLink, openConsoleStore } from './open-console.ts';
import { REAL_RANDOM } from './open-hub.ts';
import { openSecretKey } from './secret-key.ts';

/**
 * What the command line does in a data folder itself, beside the server that runs there: SQLite lets several processes in.
 * Whoever can read the folder holds its keys already, so nothing is given away.
 */

/** A one-time link to become administrator, or to set a new password. */
export async function newAdminLink(dataDirectory: string, consoleUrl: string): Promise<string> {
  const store = await openConsoleStore(dataDirectory);
  try {
    return await makeAdminLink(store, consoleUrl);
  } finally {
    await store.close();
  }
}

/**
 * Every shared access policy, with its keys.
 *
 * @param givenKey `VIADUCT_ENCRYPTION_KEY`, where the server runs with one
 * @throws StartFault when the folder's key file is broken, HubError store.unusable
 */
export async function policiesIn(
  dataDirectory: string,
  givenKey: string | undefined,
): Promise<readonly AccessPolicy[]> {
  const encryptionKey = await openSecretKey(dataDirectory, givenKey, REAL_RANDOM);
  return readPolicies(join(dataDirectory, 'hub.sqlite'), encryptionKey);
}
