import { HubError } from '@viaduct/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authenticateApiToken } from '../access/api-token.ts';
import { type Caller, ROLES } from '../access/caller.ts';
import type { Central } from '../central.ts';
import { refuseForeignSite, requireSession, SESSION_COOKIE } from '../console/require-session.ts';

/**
 * Who asks: a program with an API token, or a page of the console with its session, which proves itself as it does everywhere.
 * Whoever may use the console is an administrator.
 *
 * @throws HubError central.unauthenticated, console.signedOut, console.forged
 */
export async function authenticateCaller(
  central: Central,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Caller> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    if (/^Bearer\s/i.test(authorization)) {
      throw new HubError(
        'central.unauthenticated',
        'there are no bearer tokens here; send an API token, as it was shown',
      );
    }
    return authenticateApiToken(central, authorization);
  }
  if (request.cookies[SESSION_COOKIE] === undefined) {
    throw new HubError('central.unauthenticated', 'the request has no Authorization header');
  }
  refuseForeignSite(request);
  const { userName } = await requireSession(central.store, request, reply);
  return { kind: 'person', name: userName, role: ROLES.administrator };
}
