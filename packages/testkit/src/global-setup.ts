import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_CA_DIRECTORY } from './test-ca.ts';

/**
 * Makes the root that every test server's certificate comes from, before Vitest forks a worker: the service SDKs take
 * no CA as an option, and Node reads NODE_EXTRA_CA_CERTS once, when a process begins.
 */
export default async function setup(): Promise<() => Promise<void>> {
  // Each project of the workspace asks; the first one makes it.
  if (process.env[TEST_CA_DIRECTORY] !== undefined) return async () => {};
  // The one file, and only when it is needed: every project has a module graph of its own, and the whole server takes seconds in each.
  const { openCa } = await import('../../server/src/certificates.ts');
  const directory = await mkdtemp(join(tmpdir(), 'viaduct-test-ca-'));
  process.env.NODE_EXTRA_CA_CERTS = await openCa(directory, Date.now());
  process.env[TEST_CA_DIRECTORY] = directory;
  return async () => {
    await rm(directory, { recursive: true, force: true });
  };
}
