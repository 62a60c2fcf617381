import { HubError, LIMITS } from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../core/hub.ts';
import { queryFleet } from '../../core/query/query-fleet.ts';
import { textAt } from '../../core/registry/read-device-input.ts';
import { authorize, jsonObjectIn, pageSize } from './read-request.ts';

/**
 * Queries over the fleet; the language is docs/protocol/query.md. Asks for ServiceConnect.
 *
 *     POST   /devices/query   { query }   → a bare array
 *            x-ms-max-item-count, x-ms-continuation  →  x-ms-item-type, x-ms-continuation
 */
export function queryRoutes(app: FastifyInstance, hub: Hub): void {
  app.post('/devices/query', async (request, reply) => {
    await authorize(hub, request, 'ServiceConnect');
    const text = textAt(jsonObjectIn(request), 'query');
    if (text === undefined) throw new HubError('argument.invalid', 'the body has no query: {"query": "SELECT …"}');
    const { headers } = request;
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const given = headers['x-ms-continuation'];
    const { itemType, items, continuation } = await queryFleet(hub, text, {
      limit: pageSize(
        headers['x-ms-max-item-count'],
        'x-ms-max-item-count',
        LIMITS.QUERY_PAGE_DEFAULT,
        LIMITS.QUERY_PAGE_MAX,
      ),
      signal: gone.signal,
      ...(typeof given === 'string' && given !== '' && { continuation: given }),
    });
    // One SDK compares it letter by letter, and fails without it.
    reply.header('x-ms-item-type', itemType);
    if (continuation !== null) reply.header('x-ms-continuation', continuation);
    return items;
  });
}
