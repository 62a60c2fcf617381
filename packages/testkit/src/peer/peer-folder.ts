import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PeerCertificate } from './test-peer.ts';

/** A broker's temporary folder. Brokers that give up root read and write here as well. */
export async function makePeerFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `viaduct-${name}-`));
  await chmod(folder, 0o777);
  return folder;
}

export async function writePeerCertificate(folder: string, { certificate, privateKey }: PeerCertificate) {
  const files = { certificate: join(folder, 'server.pem'), privateKey: join(folder, 'server.key') };
  await writeFile(files.certificate, certificate);
  await writeFile(files.privateKey, privateKey);
  return files;
}

export async function removePeerFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
