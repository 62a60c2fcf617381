import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export const TEST_CA_DIRECTORY = 'VIADUCT_TEST_CA_DIR';

/** Puts the shared root into a data folder that is about to be used, so that the server issues its certificate from it. */
export async function shareTestCa(dataDirectory: string): Promise<void> {
  const directory = process.env[TEST_CA_DIRECTORY];
  if (directory === undefined) return;
  const target = join(dataDirectory, 'tls');
  await mkdir(target, { recursive: true, mode: 0o700 });
  for (const file of ['ca.pem', 'ca-key.pem']) {
    await cp(join(directory, file), join(target, file), { force: false });
  }
}
