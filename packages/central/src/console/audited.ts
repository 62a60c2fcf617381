import { asHubError } from '@viaduct/contracts';
import type { FastifyRequest } from 'fastify';
import { type NewAuditEntry, writeAudit } from '../audit/audit-trail.ts';
import type { CentralStore } from '../store/central-store.ts';
import { findDiskTrouble } from '../store/disk-trouble.ts';

/** What somebody does: `device.create` to `d1`. */
export interface Deed {
  readonly action: string;
  readonly object: string | null;
  /** Only where nobody is signed in yet: the name that was tried. */
  readonly userName?: string;
}

/** Does a thing and writes who did it to what, from where; refused or failed attempts too. */
export async function audited<T>(
  store: CentralStore,
  request: FastifyRequest,
  deed: Deed,
  work: () => Promise<T>,
): Promise<T> {
  const line = {
    userName: deed.userName ?? request.signedIn?.userName ?? null,
    action: deed.action,
    object: deed.object,
    remoteAddress: request.ip,
  };
  const done = await work().catch(async (thrown: unknown) => {
    await writeLine(store, request, { ...line, code: asHubError(thrown).code });
    throw thrown;
  });
  await writeLine(store, request, { ...line, code: null });
  return done;
}

/** What was done is done: a full disk must not make it look undone, so the line goes to the server's log instead. */
async function writeLine(store: CentralStore, request: FastifyRequest, line: NewAuditEntry): Promise<void> {
  try {
    await writeAudit(store, line);
  } catch (thrown) {
    if (findDiskTrouble(thrown) === undefined) throw thrown;
    request.log.warn({ ...line, err: thrown }, 'an audit line could not be written');
  }
}
