import { HubError } from '@viaduct/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SignedIn } from '../people/console-session.ts';

/** Who is asking. @throws HubError console.signedOut */
export function requireSignedIn(request: FastifyRequest): SignedIn {
  if (request.signedIn === null) throw new HubError('console.signedOut', 'nobody is signed in');
  return request.signedIn;
}

/** Aborts when the browser goes away before it was answered. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
