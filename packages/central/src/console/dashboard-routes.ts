import type { DashboardChange, DashboardImport, LandingChange, NewDashboard, NewTile } from '@viaduct/contracts';
import { attachment } from '@viaduct/hub';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { contentOfFile, dashboardFile } from '../dashboard/dashboard-file.ts';
import { chooseLanding, landingDashboards } from '../dashboard/landing-dashboards.ts';
import { audited } from './audited.ts';
import { callerOf } from './caller-of.ts';
import type { ConsoleParts } from './console-parts.ts';

interface OfDashboard {
  Params: { id: string };
}

/** Dashboards; `contracts/src/console-dashboards.ts` lists the routes. What a document holds, the core judges. */
export function dashboardRoutes(app: FastifyInstance, { store, dashboards }: ConsoleParts): void {
  const deed = <T>(request: FastifyRequest, action: string, object: string, work: () => Promise<T>) =>
    audited(store, request, { action: `dashboard.${action}`, object }, work);

  app.get('/dashboards', (request) => dashboards.summaries(callerOf(request)));

  app.get<OfDashboard>('/dashboards/:id', (request) => dashboards.get(callerOf(request), request.params.id));

  app.post<{ Body: NewDashboard }>('/dashboards', { schema: { body: OBJECT } }, (request, reply) => {
    const { body } = request;
    reply.code(201);
    return deed(request, 'create', `${body.displayName}`, () => dashboards.create(callerOf(request), made(body)));
  });

  app.put<OfDashboard & { Body: DashboardChange }>('/dashboards/:id', { schema: { body: CHANGE } }, (request) => {
    const { id } = request.params;
    const { etag, ...body } = request.body;
    return deed(request, 'change', id, () => dashboards.change(callerOf(request), id, made(body), etag));
  });

  app.delete<OfDashboard>('/dashboards/:id', async (request, reply) => {
    const { id } = request.params;
    await deed(request, 'remove', id, () => dashboards.remove(callerOf(request), id));
    return reply.code(204).send();
  });

  app.put<OfDashboard & { Body: { favorite: boolean } }>(
    '/dashboards/:id/favorite',
    { schema: { body: FAVORITE } },
    async (request, reply) => {
      await dashboards.setFavorite(callerOf(request), request.params.id, request.body.favorite);
      return reply.code(204).send();
    },
  );

  app.post<OfDashboard & { Body: { displayName: string; personal: boolean } }>(
    '/dashboards/:id/copy',
    { schema: { body: COPY } },
    async (request, reply) => {
      const { params, body } = request;
      const { tiles, extension } = await dashboards.get(callerOf(request), params.id);
      reply.code(201);
      return deed(request, 'create', body.displayName, () =>
        dashboards.create(callerOf(request), { tiles, ...(extension ? { extension } : {}), ...body }),
      );
    },
  );

  app.post<OfDashboard & { Body: NewTile }>('/dashboards/:id/tiles', { schema: { body: OBJECT } }, (request) => {
    const { id } = request.params;
    return deed(request, 'change', id, () => dashboards.pin(callerOf(request), id, request.body));
  });

  app.get<OfDashboard>('/dashboards/:id/file', async (request, reply) => {
    const dashboard = await dashboards.get(callerOf(request), request.params.id);
    reply.header('content-disposition', attachment(`${dashboard.displayName}.dashboard.json`));
    return dashboardFile(dashboard);
  });

  app.post<{ Body: DashboardImport }>('/dashboards/import', { schema: { body: IMPORT } }, (request, reply) => {
    const { file, personal } = request.body;
    reply.code(201);
    return deed(request, 'create', `${file.displayName}`, () =>
      dashboards.create(callerOf(request), { ...contentOfFile(file), personal }),
    );
  });

  app.get('/landing-dashboards', (request) => landingDashboards(store, dashboards, callerOf(request)));

  app.put<{ Body: LandingChange }>('/landing-dashboards', { schema: { body: LANDING } }, async (request) => {
    const { body } = request;
    const choose = () => chooseLanding(store, dashboards, callerOf(request), body);
    // What somebody begins with is nobody else's concern.
    await (body.whose === 'own' ? choose() : deed(request, 'landing', body.dashboardId ?? 'none', choose));
    return landingDashboards(store, dashboards, callerOf(request));
  });
}

/** Only what a dashboard has: a page that sends one back as it got it sends more. */
function made({ displayName, tiles, organizations, extension, personal }: NewDashboard) {
  return {
    displayName,
    tiles,
    ...(organizations === undefined ? {} : { organizations }),
    ...(extension === undefined ? {} : { extension }),
    personal: personal === true,
  };
}

const OBJECT = { type: 'object' } as const;
const CHANGE = { type: 'object', required: ['etag'], properties: { etag: { type: 'string' } } } as const;
const FAVORITE = { type: 'object', required: ['favorite'], properties: { favorite: { type: 'boolean' } } } as const;
const LANDING = {
  type: 'object',
  required: ['whose', 'dashboardId'],
  additionalProperties: false,
  properties: { whose: { enum: ['own', 'everybody'] }, dashboardId: { type: ['string', 'null'] } },
} as const;
const COPY = {
  type: 'object',
  required: ['displayName', 'personal'],
  additionalProperties: false,
  properties: { displayName: { type: 'string' }, personal: { type: 'boolean' } },
} as const;
const IMPORT = {
  type: 'object',
  required: ['file', 'personal'],
  additionalProperties: false,
  properties: { file: { type: 'object' }, personal: { type: 'boolean' } },
} as const;
