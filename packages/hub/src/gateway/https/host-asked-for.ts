import type { FastifyRequest } from 'fastify';
import type { KnowsItsNames } from '../../core/ports.ts';

/** The name and port by which the caller reached us is the one by which it reaches blobs, through whatever lies between. */
export function hostAskedFor(hub: KnowsItsNames, request: FastifyRequest): string | undefined {
  const host = request.headers.host?.toLowerCase() ?? '';
  return hub.hostNames.includes(host.replace(/:\d+$/, '')) ? host.replace(/:443$/, '') : undefined;
}
