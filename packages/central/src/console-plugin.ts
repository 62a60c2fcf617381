import assert from 'node:assert/strict';
import cookie from '@fastify/cookie';
import { CONSOLE_API, HubError } from '@viaduct/contracts';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { accessTokenRoutes } from './console/access-token-routes.ts';
import { answerProblem } from './console/answer-problem.ts';
import { apiTokenRoutes } from './console/api-token-routes.ts';
import { attemptRoutes } from './console/attempt-routes.ts';
import { bulkRoutes } from './console/bulk-routes.ts';
import { certificateRoutes } from './console/certificate-routes.ts';
import { commandRunRoutes } from './console/command-run-routes.ts';
import { configurationRoutes } from './console/configuration-routes.ts';
import { connectionRoutes } from './console/connection-routes.ts';
import { connectivityRoutes } from './console/connectivity-routes.ts';
import type { ConsoleOptions, ConsoleParts } from './console/console-parts.ts';
import { consumerGroupRoutes } from './console/consumer-group-routes.ts';
import { credentialPolicyRoutes } from './console/credential-policy-routes.ts';
import { credentialRoutes } from './console/credential-routes.ts';
import { dashboardRoutes } from './console/dashboard-routes.ts';
import { deviceControlRoutes } from './console/device-control-routes.ts';
import { deviceModelRoutes } from './console/device-model-routes.ts';
import { deviceRoutes } from './console/device-routes.ts';
import { directoryBulkRoutes } from './console/directory-bulk-routes.ts';
import { directoryRoutes } from './console/directory-routes.ts';
import { enrollmentRoutes } from './console/enrollment-routes.ts';
import { explorationRoutes } from './console/exploration-routes.ts';
import { fileRoutes } from './console/file-routes.ts';
import { groupRoutes } from './console/group-routes.ts';
import { historyRoutes } from './console/history-routes.ts';
import { historyStateRoutes } from './console/history-state-routes.ts';
import { hubRoutes } from './console/hub-routes.ts';
import { importRoutes } from './console/import-routes.ts';
import { jobRoutes } from './console/job-routes.ts';
import { linkedHubRoutes } from './console/linked-hub-routes.ts';
import { liveRoute } from './console/live-route.ts';
import { moduleRoutes } from './console/module-routes.ts';
import { pageRoutes } from './console/page-routes.ts';
import { personRoutes } from './console/person-routes.ts';
import { provisioningRoutes } from './console/provisioning-routes.ts';
import { queryRoutes } from './console/query-routes.ts';
import { registrationRoutes } from './console/registration-routes.ts';
import { refuseForeignSite, requireSession } from './console/require-session.ts';
import { routingRoutes } from './console/routing-routes.ts';
import { savedQueryRoutes } from './console/saved-query-routes.ts';
import { simulationRoutes } from './console/simulation-routes.ts';
import { templateRoutes } from './console/template-routes.ts';
import { throttlingRoutes } from './console/throttling-routes.ts';
import { transferRoutes } from './console/transfer-routes.ts';
import { twinHistoryRoutes } from './console/twin-history-routes.ts';
import { viewRoutes } from './console/view-routes.ts';
import { LiveStreams } from './live/live-streams.ts';
import { PasswordHasher } from './people/password.ts';
import { SignInLimit } from './people/sign-in-limit.ts';

const routes = [
  personRoutes,
  hubRoutes,
  queryRoutes,
  historyRoutes,
  explorationRoutes,
  directoryRoutes,
  directoryBulkRoutes,
  groupRoutes,
  importRoutes,
  deviceRoutes,
  templateRoutes,
  deviceModelRoutes,
  moduleRoutes,
  deviceControlRoutes,
  commandRunRoutes,
  credentialRoutes,
  certificateRoutes,
  accessTokenRoutes,
  apiTokenRoutes,
  configurationRoutes,
  consumerGroupRoutes,
  connectionRoutes,
  fileRoutes,
  routingRoutes,
  provisioningRoutes,
  enrollmentRoutes,
  registrationRoutes,
  attemptRoutes,
  linkedHubRoutes,
  credentialPolicyRoutes,
  throttlingRoutes,
  savedQueryRoutes,
  dashboardRoutes,
  simulationRoutes,
  jobRoutes,
  transferRoutes,
  twinHistoryRoutes,
  historyStateRoutes,
  connectivityRoutes,
  bulkRoutes,
  viewRoutes,
  liveRoute,
];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a session. */
    open?: boolean;
  }
}

/**
 * The console as a Fastify plugin: its interface under `/console/api`, its pages under `/console/`. Routes are absolute, so it is
 * registered without a prefix, beside whatever else the server answers.
 */
export const consolePlugin: FastifyPluginAsync<ConsoleOptions> = async (app, { central, ...options }) => {
  requireRoomForIds(app);
  const parts: ConsoleParts = {
    ...central,
    ...options,
    passwords: new PasswordHasher(),
    signInLimit: new SignInLimit(central.hub.clock),
    live: new LiveStreams(central, (err) => app.log.error({ err }, 'a live stream failed')),
  };
  // Before the server waits for its connections to end: these would not by themselves.
  app.addHook('preClose', async () => parts.live.close());
  app.addHook('onRequest', async (_request, reply) => void reply.headers(SECURITY_HEADERS));
  app.setErrorHandler(answerProblem);
  pageRoutes(app, options.webDirectory, options.frameOrigins);
  await app.register(consoleApi, { prefix: CONSOLE_API, parts });
};

const consoleApi: FastifyPluginAsync<{ readonly parts: ConsoleParts }> = async (app, { parts }) => {
  await app.register(cookie);
  app.decorateRequest('signedIn', null);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // A browser may name the type of a body it does not send, as with DELETE.
    if (body === '') done(null, undefined);
    else void app.getDefaultJsonParser('error', 'error')(request, body as string, done);
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    refuseForeignSite(request);
    if (request.routeOptions.config.open !== true) await requireSession(parts.store, request, reply);
  });
  for (const route of routes) route(app, parts);
  // A route and no not-found handler, for the pages' own would answer every address below /console/.
  app.all('/*', (request) => {
    throw new HubError('route.notFound', `the console has no ${request.method} ${request.url.split('?', 1)[0]}`);
  });
};

/** Fastify cuts off at 100 characters of a path parameter and says 404; a device id has 128, a model id 2,048. */
function requireRoomForIds(app: FastifyInstance): void {
  const { maxParamLength } = app.initialConfig.routerOptions ?? {};
  assert(
    (maxParamLength ?? 0) >= PATH_PARAMETER_CHARACTERS_MAX,
    `make the Fastify server with routerOptions: { maxParamLength: ${PATH_PARAMETER_CHARACTERS_MAX} } or more`,
  );
}

/** A model id, percent-encoded at its worst. */
const PATH_PARAMETER_CHARACTERS_MAX = 4_096;

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // One-time links carry their secret in the address.
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;
