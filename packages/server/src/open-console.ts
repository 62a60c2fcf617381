import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CentralStore, createAdminLink, hasAdministrator, openCentralStore } from '@viaduct/central';
import type { ConnectionInfo, ReadyFile } from '@viaduct/contracts';
import { REAL_CLOCK, REAL_RANDOM } from './open-hub.ts';

/** The console's own file in the data folder. Several processes may hold it: `viaduct admin-link` works beside a server. */
export function openConsoleStore(dataDirectory: string): Promise<CentralStore> {
  return openCentralStore({ file: join(dataDirectory, 'central.sqlite'), clock: REAL_CLOCK });
}

/** A one-time link for the first administrator, or for a new password of one who lost it. */
export async function makeAdminLink(store: CentralStore, consoleUrl: string): Promise<string> {
  const { token } = await createAdminLink(store, REAL_CLOCK, REAL_RANDOM);
  return `${consoleUrl}setup?token=${encodeURIComponent(token)}`;
}

/** A link for who must still become administrator; null when somebody is. */
export async function firstAdminLink(store: CentralStore, consoleUrl: string): Promise<string | null> {
  return (await hasAdministrator(store)) ? null : await makeAdminLink(store, consoleUrl);
}

/** What the connection page of the console shows. */
export async function connectionInfo(ready: ReadyFile, notes: readonly string[]): Promise<ConnectionInfo> {
  const { hostName, ports, caFile, hubConnectionString, eventHubsConnectionString } = ready;
  const caPem = await readFile(caFile, 'utf8');
  const caSha256 = createHash('sha256').update(derOf(caPem)).digest('hex').toUpperCase();
  return { hostName, ports, notes, caPem, caSha256, caFile, hubConnectionString, eventHubsConnectionString };
}

/** The first certificate of a PEM text. */
function derOf(pem: string): Buffer {
  const [, base64 = ''] = /-----BEGIN CERTIFICATE-----([^-]*)-----END/.exec(pem) ?? [];
  return Buffer.from(base64, 'base64');
}

/** What the build puts beside the program: `web`, the console's pages, and `models`, the DTDL documents we ship. */
export function builtDirectory(name: 'web' | 'models'): string {
  const candidates = [`./${name}/`, `../../../dist/${name}/`].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return candidates.find((path) => existsSync(path)) ?? candidates[0]!;
}
