import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Randomness } from '@viaduct/hub';
import { StartFault } from './start-fault.ts';

const KEY_BYTES = 32;

/**
 * The key that seals secrets at rest: from the environment, else DATA/secret.key, which is made at the first start (0600).
 *
 * @throws StartFault when the file does not hold a key: starting with a new one would make every stored key unreadable
 */
export async function openSecretKey(
  dataDirectory: string,
  given: string | undefined,
  random: Randomness,
): Promise<Buffer> {
  if (given !== undefined) return Buffer.from(given, 'base64');
  const file = join(dataDirectory, 'secret.key');
  try {
    await writeFile(file, `${random.bytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new StartFault(
    1,
    `${file} does not hold a key of ${KEY_BYTES} bytes. Put back the one this folder was made with.`,
  );
}
