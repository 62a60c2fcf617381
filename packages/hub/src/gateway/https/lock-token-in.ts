import type { FastifyRequest } from 'fastify';

/** As it is, percent-encoded, or in the quotes of the ETag it came in. */
export function lockTokenIn(request: FastifyRequest): string {
  const { lockToken } = request.params as { lockToken: string };
  return lockToken.replace(/^"(.*)"$/, '$1');
}
