import type { Server } from 'node:https';
import { asHubError, LIMITS } from '@viaduct/contracts';
import { validateLazily } from '@viaduct/hub';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import type { ServerCertificate } from './certificates.ts';
import { createHttpsListener } from './listeners.ts';
import { type WebSocketTargets, webSocketUpgrades } from './web-sockets.ts';

export interface HttpsApp {
  readonly app: FastifyInstance;
  /** Not listening yet. */
  readonly server: Server;
}

export interface HttpsAppOptions {
  readonly certificate: ServerCertificate;
  readonly webSockets: WebSocketTargets;
  readonly logger: Logger;
  /** Maps paths that no router can tell apart onto ones that it can. */
  readonly rewriteUrl: (url: string) => string;
  /** Answers what no route can be found for, because the address is broken. */
  readonly refuseAddress: NonNullable<FastifyServerOptions['frameworkErrors']>;
}

/** The one HTTPS server: REST and console as Fastify plugins, WebSockets beside them. The listeners bind it. */
export function createHttpsApp(options: HttpsAppOptions): HttpsApp {
  let server: Server | undefined;
  const app = Fastify({
    bodyLimit: LIMITS.HTTP_BODY_BYTES_MAX,
    schemaController: validateLazily,
    // The name of a blob: 1,024 characters, percent-encoded at their worst. Node's bound on heads is the same.
    routerOptions: { maxParamLength: 16_384 },
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    rewriteUrl: (request) => options.rewriteUrl(request.url ?? '/'),
    frameworkErrors: options.refuseAddress,
    serverFactory: (handler) => {
      server = createHttpsListener(options.certificate, handler);
      return server;
    },
    // Stop means stop: idle connections of browsers would hold the process until the drain bound.
    forceCloseConnections: true,
  });
  app.get('/', (_request, reply) => reply.redirect('/console/'));
  app.setNotFoundHandler((request, reply) => {
    reply.code(404).send({ Message: `nothing is served at ${request.method} ${request.url.split('?', 1)[0]}` });
  });
  app.setErrorHandler((error, _request, reply) => {
    const refusal = asHubError(error);
    if (refusal.code === 'server.fault') options.logger.error({ err: error }, 'fault in an HTTPS request');
    reply.code(refusal.row.http).send({ Message: refusal.message });
  });
  if (server === undefined) throw new TypeError('Fastify did not ask for a server');
  server.on('upgrade', webSocketUpgrades(options.webSockets));
  return { app, server };
}
