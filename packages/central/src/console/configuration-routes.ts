import {
  type ConfigurationDetail,
  type ConfigurationDevicePage,
  type ConfigurationPatch,
  type ConfigurationTrialRequest,
  type DeviceIdentity,
  identityKey,
  LIMITS,
  type NewConfiguration,
  parseIdentityKey,
} from '@viaduct/contracts';
import {
  type ConfigurationInput,
  type ConfigurationRecord,
  createConfiguration,
  getConfiguration,
  type JsonObject,
  listConfigurations,
  removeConfiguration,
  tryConfiguration,
  updateConfiguration,
} from '@viaduct/hub';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { audited } from './audited.ts';
import { configurationDetail, configurationRows } from './configuration-view.ts';
import type { ConsoleParts } from './console-parts.ts';

interface OfConfiguration {
  Params: { id: string };
  /** The version that the person sees; a change to any other is refused. */
  Querystring: { etag?: string };
}

interface OfDevices {
  Params: { id: string };
  /** `after`: `next` of the page before. */
  Querystring: { after?: string; limit?: number; status?: 'Targeted' | 'Applied' | 'Failed' };
}

/**
 * Automatic device management.
 *
 *     GET    /configurations                    all, with how many devices each has come to
 *     POST   /configurations                    makes one
 *     POST   /configurations/trial              whom would it reach? Nothing is made
 *     GET    /configurations/{id}               with content and metrics
 *     PATCH  /configurations/{id}?etag=         condition, priority, labels, metrics
 *     DELETE /configurations/{id}?etag=
 *     GET    /configurations/{id}/devices?after=&limit=&status=    how it fares at each device
 */
export function configurationRoutes(app: FastifyInstance, { hub, store }: ConsoleParts): void {
  const change = async (
    request: FastifyRequest,
    action: string,
    id: string,
    work: () => Promise<ConfigurationRecord>,
  ): Promise<ConfigurationDetail> =>
    configurationDetail(hub, await audited(store, request, { action, object: id }, work));

  app.get('/configurations', async () => configurationRows(hub, await listConfigurations(hub)));

  app.post<{ Body: NewConfiguration }>('/configurations', { schema: { body: NEW } }, (request, reply) => {
    const { id, content, ...rest } = request.body;
    reply.code(201);
    return change(request, 'configuration.create', id, () =>
      createConfiguration(hub, id, { ...inputOf(rest), content: content as JsonObject }),
    );
  });

  app.post<{ Body: ConfigurationTrialRequest }>('/configurations/trial', { schema: { body: TRIAL } }, ({ body }) =>
    tryConfiguration(hub, body),
  );

  app.get<OfConfiguration>('/configurations/:id', async ({ params }) =>
    configurationDetail(hub, await getConfiguration(hub, params.id)),
  );

  app.patch<OfConfiguration & { Body: ConfigurationPatch }>(
    '/configurations/:id',
    { schema: { body: PATCH } },
    (request) => {
      const { params, query, body } = request;
      return change(request, 'configuration.update', params.id, () =>
        updateConfiguration(hub, params.id, inputOf(body), query.etag),
      );
    },
  );

  app.delete<OfConfiguration>('/configurations/:id', async (request, reply) => {
    const { params, query } = request;
    const deed = { action: 'configuration.remove', object: params.id };
    await audited(store, request, deed, () => removeConfiguration(hub, params.id, query.etag));
    return reply.code(204).send();
  });

  app.get<OfDevices>(
    '/configurations/:id/devices',
    { schema: { querystring: PAGE } },
    async ({ params, query }): Promise<ConfigurationDevicePage> => {
      const { after, limit = PAGE_DEFAULT, status } = query;
      const found = await hub.configurationStates.listDevices(await getConfiguration(hub, params.id), {
        limit,
        ...(after === undefined ? {} : { after: parseIdentityKey(after) }),
        ...(status === undefined ? {} : { status }),
      });
      const devices = found.map(({ configurationId, ...device }) => device);
      return { devices, next: devices.length < limit ? null : identityKey(devices.at(-1) as DeviceIdentity) };
    },
  );
}

const PAGE_DEFAULT = 100;

function inputOf({ metrics, ...rest }: ConfigurationPatch): ConfigurationInput {
  return { ...rest, ...(metrics === undefined ? {} : { metricQueries: metrics }) };
}

const TEXTS = { type: 'object', additionalProperties: { type: 'string' } } as const;
const CHANGEABLE = {
  targetCondition: { type: 'string', maxLength: LIMITS.QUERY_CHARACTERS_MAX },
  priority: { type: 'integer', minimum: 0, maximum: LIMITS.CONFIGURATION_PRIORITY_MAX },
  labels: TEXTS,
  metrics: TEXTS,
} as const;
const CONTENT = { type: 'object' } as const;
const NEW = {
  type: 'object',
  required: ['id', 'content', 'targetCondition', 'priority'],
  additionalProperties: false,
  properties: { id: { type: 'string', maxLength: 1_024 }, content: CONTENT, ...CHANGEABLE },
} as const;
const PATCH = { type: 'object', additionalProperties: false, properties: CHANGEABLE } as const;
const TRIAL = {
  type: 'object',
  required: ['content', 'targetCondition'],
  additionalProperties: false,
  properties: { content: {}, targetCondition: CHANGEABLE.targetCondition, metrics: TEXTS },
} as const;
const PAGE = {
  type: 'object',
  properties: {
    after: { type: 'string', maxLength: 2 * LIMITS.ID_CHARACTERS_MAX + 1 },
    limit: { type: 'integer', minimum: 1, maximum: LIMITS.CONFIGURATION_PAGE_MAX },
    status: { enum: ['Targeted', 'Applied', 'Failed'] },
  },
} as const;
