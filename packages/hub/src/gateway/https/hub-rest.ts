import { HubError } from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import { newGuid } from '../../core/command/new-guid.ts';
import type { Hub } from '../../core/hub.ts';
import { accessTokenRoutes } from './access-token-routes.ts';
import { certificateRoutes } from './certificate-routes.ts';
import { commandRoutes } from './command-routes.ts';
import { configurationRoutes } from './configuration-routes.ts';
import { consumerGroupRoutes } from './consumer-group-routes.ts';
import { deviceFileRoutes } from './device-file-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { deviceScopeRoutes } from './device-scope-routes.ts';
import { digitalTwinRoutes } from './digital-twin-routes.ts';
import { fileRoutes } from './file-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { methodRoutes } from './method-routes.ts';
import { queryRoutes } from './query-routes.ts';
import { replyWithProblem } from './reply-with-problem.ts';
import { RestTraffic } from './rest-traffic.ts';
import { routingRoutes } from './routing-routes.ts';
import { serviceBoundRoutes } from './service-bound-routes.ts';
import { statisticsRoutes } from './statistics-routes.ts';
import { telemetryRoutes } from './telemetry-routes.ts';
import { transferRoutes } from './transfer-routes.ts';
import { twinRoutes } from './twin-routes.ts';

/** What the hub's REST API answers below, whether or not there is a route. */
const HUB_PATHS = [
  'devices',
  'twins',
  'statistics',
  'jobs',
  'configurations',
  'digitaltwins',
  'messages',
  'certificates',
  'eventhubendpoints',
  'accesstokens',
  'routing',
];

/**
 * The hub's REST API, as a Fastify plugin with a scope of its own: its body parser and its errors reach nobody else's routes.
 * The server's Fastify needs `rewriteUrl` with `rewriteHubUrl`, and a `maxParamLength` that fits an encoded id.
 *
 *     app.register(hubRest(hub))
 */
export function hubRest(hub: Hub, traffic = new RestTraffic()): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.decorateRequest('callingDevice', null);
    app.decorateRequest('trackingId', '');
    app.addHook('onRequest', async (request, reply) => {
      request.trackingId = newGuid(hub);
      reply.header('x-ms-request-id', request.trackingId);
    });
    app.addHook('onResponse', async ({ routeOptions, method }, { statusCode }) =>
      traffic.answered(routeOptions.url ?? '', method, statusCode),
    );
    // Bytes, whatever the content type says; a route that wants JSON parses it, and words the refusal.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.setErrorHandler((error, request, reply) => replyWithProblem(hub, error, request, reply));

    deviceRoutes(app, hub);
    twinRoutes(app, hub);
    queryRoutes(app, hub);
    methodRoutes(app, hub);
    deviceScopeRoutes(app, hub);
    digitalTwinRoutes(app, hub);
    serviceBoundRoutes(app, hub);
    statisticsRoutes(app, hub);
    telemetryRoutes(app, hub, traffic);
    commandRoutes(app, hub);
    fileRoutes(app, hub);
    deviceFileRoutes(app, hub);
    certificateRoutes(app, hub);
    routingRoutes(app, hub);
    accessTokenRoutes(app, hub);
    configurationRoutes(app, hub);
    jobRoutes(app, hub);
    transferRoutes(app, hub);
    consumerGroupRoutes(app, hub);
    for (const word of HUB_PATHS) app.all(`/${word}/*`, notOffered);
  };
}

async function notOffered({ method, url }: { method: string; url: string }): Promise<never> {
  throw new HubError('route.notFound', `this hub does not offer ${method} ${url.split('?', 1)[0]} yet`);
}
