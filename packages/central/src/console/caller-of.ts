import type { FastifyRequest } from 'fastify';
import { type Caller, ROLES } from '../access/caller.ts';
import { requireSignedIn } from './console-request.ts';

/** Who is signed in, as the parts of central know callers: whoever may use the console is an administrator. */
export function callerOf(request: FastifyRequest): Caller {
  return { kind: 'person', name: requireSignedIn(request).userName, role: ROLES.administrator };
}
