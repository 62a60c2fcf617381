import { HubError } from '@viaduct/contracts';
import { newGuid } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import type { Provisioning } from '../../core/provisioning.ts';
import { attemptRoutes } from './attempt-routes.ts';
import { credentialPolicyRoutes } from './credential-policy-routes.ts';
import { deviceRegistrationRoutes } from './device-registration-routes.ts';
import { enrollmentRoutes } from './enrollment-routes.ts';
import { registrationRoutes } from './registration-routes.ts';
import { replyWithProvisioningProblem } from './reply-with-provisioning-problem.ts';
import { serviceConfigRoutes } from './service-config-routes.ts';

/** What the provisioning service answers below, whether or not there is a route. */
const PROVISIONING_PATHS = [
  'enrollments',
  'enrollmentgroups',
  'registrations',
  'provisioningattempts',
  'provisioningsettings',
  'linkedhubs',
  'credentialpolicies',
];

/**
 * The provisioning service over HTTPS, for devices and for back ends, as a Fastify plugin with a scope of its own: its body parser and its
 * errors reach nobody else's routes. The server's Fastify needs `rewriteUrl` with `rewriteProvisioningUrl`.
 *
 *     app.register(provisioningRest(provisioning))
 */
export function provisioningRest(provisioning: Provisioning): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.decorateRequest('trackingId', '');
    app.addHook('onRequest', async (request, reply) => {
      request.trackingId = newGuid(provisioning);
      reply.header('x-ms-request-id', request.trackingId);
    });
    // Bytes, whatever the content type says; a route that wants JSON parses it, and words the refusal.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.setErrorHandler((error, request, reply) => replyWithProvisioningProblem(provisioning, error, request, reply));

    enrollmentRoutes(app, provisioning, 'individual');
    enrollmentRoutes(app, provisioning, 'group');
    registrationRoutes(app, provisioning);
    attemptRoutes(app, provisioning);
    serviceConfigRoutes(app, provisioning);
    credentialPolicyRoutes(app, provisioning);
    deviceRegistrationRoutes(app, provisioning);
    for (const word of PROVISIONING_PATHS) app.all(`/${word}/*`, notOffered);
  };
}

async function notOffered({ method, url }: { method: string; url: string }): Promise<never> {
  throw new HubError('route.notFound', `provisioning does not offer ${method} ${url.split('?', 1)[0]}`);
}
