import { LIMITS } from '@viaduct/contracts';
import { continuationIn, pageSize, setContinuation } from '@viaduct/hub';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface AskedPage {
  readonly after: string | undefined;
  readonly limit: number;
}

/** `x-ms-max-item-count` and `x-ms-continuation`. @throws HubError argument.invalid */
export function pageIn(request: FastifyRequest): AskedPage {
  const limit = pageSize(
    request.headers['x-ms-max-item-count'],
    'x-ms-max-item-count',
    LIMITS.QUERY_PAGE_DEFAULT,
    LIMITS.ENROLLMENTS_PAGE_MAX,
  );
  return { after: continuationIn(request), limit };
}

/** `itemType`: SDKs compare it, and fail without it. */
export function setPage(reply: FastifyReply, { limit }: AskedPage, itemType: string, next: string | null): void {
  reply.header('x-ms-item-type', itemType).header('x-ms-max-item-count', limit);
  if (next !== null) setContinuation(reply, next);
}
