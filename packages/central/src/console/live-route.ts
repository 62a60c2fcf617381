import { HubError, isValidId, LIMITS } from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import type { ConsoleParts } from './console-parts.ts';
import { requireSignedIn } from './console-request.ts';

interface LiveQuery {
  readonly deviceId?: string;
  readonly sinceSeconds: number;
  readonly messages: boolean;
  readonly attempts: boolean;
}

/** The live stream: server-sent events until the browser goes away or its session ends. */
export function liveRoute(app: FastifyInstance, parts: ConsoleParts): void {
  app.get<{ Querystring: LiveQuery }>(
    '/live',
    { schema: { querystring: LIVE }, exposeHeadRoute: false },
    (request, reply) => {
      const { deviceId = null, sinceSeconds, messages, attempts } = request.query;
      if (deviceId !== null && !isValidId(deviceId)) throw new HubError('device.idInvalid', 'no device has such an id');
      const { sessionKey } = requireSignedIn(request);
      const lastEventId = request.headers['last-event-id'];
      const scope = {
        deviceId,
        telemetry: messages,
        attempts,
        sinceSeconds: Math.min(sinceSeconds, LIMITS.HISTORY_SECONDS_MAX),
        resumeToken: typeof lastEventId === 'string' ? lastEventId : null,
      };
      parts.live.requireRoom(sessionKey);
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      parts.live.open(sessionKey, scope, reply.raw);
    },
  );
}

const LIVE = {
  type: 'object',
  properties: {
    deviceId: { type: 'string' },
    sinceSeconds: { type: 'number', minimum: 0, default: 0 },
    messages: { type: 'boolean', default: true },
    attempts: { type: 'boolean', default: false },
  },
} as const;
