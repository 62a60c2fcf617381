import { asHubError } from '@viaduct/contracts';
import type { FastifyRequest } from 'fastify';
import { writeAudit } from '../audit/audit-trail.ts';
import type { CentralStore } from '../store/central-store.ts';

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
  try {
    const done = await work();
    await writeAudit(store, { ...line, code: null });
    return done;
  } catch (thrown) {
    await writeAudit(store, { ...line, code: asHubError(thrown).code });
    throw thrown;
  }
}
