import cookie from '@fastify/cookie';
import { HubError } from '@viaduct/contracts';
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import type { Central } from '../central.ts';
import { answerOperation } from './answer-operation.ts';
import { answerApiProblem } from './api-problem.ts';
import { ApiThrottle } from './api-throttle.ts';
import { apiTokenOperations } from './api-token-operations.ts';
import { dashboardOperations } from './dashboard-operations.ts';
import { deviceAttestationOperations } from './device-attestation-operations.ts';
import { deviceCommandOperations } from './device-command-operations.ts';
import { deviceGroupOperations } from './device-group-operations.ts';
import { deviceManifestOperations } from './device-manifest-operations.ts';
import { deviceOperations } from './device-operations.ts';
import { devicePartOperations } from './device-part-operations.ts';
import { devicePropertyOperations } from './device-property-operations.ts';
import { deviceRelationshipOperations } from './device-relationship-operations.ts';
import { enrollmentGroupOperations } from './enrollment-group-operations.ts';
import { fileUploadOperations } from './file-upload-operations.ts';
import type { ServedOperation, ServeOperation } from './operation.ts';
import { OPERATION_TABLE, type OperationId, type OperationRow } from './operation-table.ts';
import { organizationOperations } from './organization-operations.ts';
import { PathTurns } from './path-turns.ts';
import { queryOperations } from './query-operations.ts';
import { roleOperations } from './role-operations.ts';
import { templateOperations } from './template-operations.ts';
import { userOperations } from './user-operations.ts';

/** Who serves what; every operation that none of them serves is refused in words of `refused-operations.ts`. */
const SUBJECTS: readonly ((central: Central, serve: ServeOperation, options: CentralApiOptions) => void)[] = [
  apiTokenOperations,
  organizationOperations,
  roleOperations,
  templateOperations,
  deviceOperations,
  deviceAttestationOperations,
  deviceCommandOperations,
  devicePropertyOperations,
  devicePartOperations,
  deviceRelationshipOperations,
  deviceManifestOperations,
  deviceGroupOperations,
  dashboardOperations,
  enrollmentGroupOperations,
  fileUploadOperations,
  userOperations,
  queryOperations,
];

export interface CentralApiOptions {
  /** Whether Azure's rates apply. */
  readonly isStrict: boolean;
}

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * The REST interface of Azure IoT Central below `/api`, as a Fastify plugin with a scope of its own: its body parser and its errors
 * reach nobody else's routes. The operations and their versions are in `operation-table.ts`.
 *
 *     caller ─► api-version ─► permission ─► rate ─► body ─► conditions ─► handler ─► answer
 */
export function centralApi(central: Central, options: CentralApiOptions): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    await app.register(cookie);
    app.decorateRequest('signedIn', null);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.setErrorHandler((error, request, reply) => answerApiProblem(central.hub, error, request, reply));
    app.addHook('onRequest', async (_request, reply) => {
      reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    });

    const served = servedOperations(central, options);
    const throttle = new ApiThrottle(central.hub.clock, options.isStrict);
    const turns = new PathTurns();
    const rows = Object.entries(OPERATION_TABLE) as [OperationId, OperationRow][];
    const reads = new Map(rows.map(([id, { call }]) => [call, served.get(id)]));
    for (const [id, row] of rows) {
      const [method = 'GET', path = ''] = row.call.split(' ');
      // What POST does is a deed of its own, and no change of what GET reads there.
      const read = method === 'POST' ? undefined : reads.get(`GET ${path}`);
      const handler = answerOperation({ central, throttle, id, row, served: served.get(id), read, turns });
      app.route({ method: method as HTTPMethods, url: routeOf(path), exposeHeadRoute: false, handler });
    }
    refuseOtherMethods(app);
    app.all('/api', notFound);
    app.all('/api/*', notFound);
  };
}

/** What serves each operation that is served. */
export function servedOperations(
  central: Central,
  options: CentralApiOptions,
): ReadonlyMap<OperationId, ServedOperation> {
  const served = new Map<OperationId, ServedOperation>();
  for (const subject of SUBJECTS)
    subject(central, (id, permission, handler) => served.set(id, { permission, handler }), options);
  return served;
}

/** `/devices/{deviceId}` is `/api/devices/:deviceId`. */
function routeOf(path: string): string {
  return `/api${path.replace(/\{(\w+)\}/g, ':$1')}`;
}

function refuseOtherMethods(app: FastifyInstance): void {
  const allowed = new Map<string, HTTPMethods[]>();
  for (const { call } of Object.values(OPERATION_TABLE)) {
    const [method, path = ''] = call.split(' ') as [HTTPMethods, string];
    allowed.set(path, [...(allowed.get(path) ?? []), method]);
  }
  for (const [path, methods] of allowed) {
    const others = METHODS.filter((method) => !methods.includes(method));
    app.route({
      method: others,
      url: routeOf(path),
      exposeHeadRoute: false,
      handler: (request, reply) => {
        reply.header('allow', methods.join(', '));
        throw new HubError(
          'central.methodNotAllowed',
          `${pathOf(request)} takes ${methods.join(', ')}, not ${request.method}`,
        );
      },
    });
  }
}

function notFound(request: FastifyRequest): never {
  throw new HubError('route.notFound', `there is no operation ${request.method} ${pathOf(request)}`);
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? '';
}
