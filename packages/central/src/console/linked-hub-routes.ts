import {
  LIMITS,
  type LinkedHubInput,
  type LinkedHubTrial,
  type LinkedHubView,
  type NewLinkedHub,
  parseConnectionString,
} from '@viaduct/contracts';
import {
  changeLinkedHub,
  getLinkedHub,
  type LinkedHubRecord,
  linkHub,
  listLinkedHubs,
  newLinkedHub,
  tryLinkedHub,
  unlinkHub,
} from '@viaduct/provisioning';
import type { FastifyInstance } from 'fastify';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';

interface OfHub {
  Params: { hostName: string };
  /** The version that the person sees; a change to any other is refused. */
  Querystring: { etag?: string };
}

/** The hubs that devices may be sent to. What is tried is asked and left as it is, so it is in no audit. */
export function linkedHubRoutes(app: FastifyInstance, { provisioning, store }: ConsoleParts): void {
  app.get('/provisioning/linked-hubs', async () => (await listLinkedHubs(provisioning)).map(linkedHubView));

  app.post<{ Body: NewLinkedHub }>('/provisioning/linked-hubs', { schema: { body: NEW } }, async (request, reply) => {
    const { hostName } = newLinkedHub(provisioning, request.body);
    const linked = await audited(store, request, { action: 'linkedHub.add', object: hostName }, () =>
      linkHub(provisioning, request.body),
    );
    reply.code(201);
    return linkedHubView(linked);
  });

  app.put<OfHub & { Body: LinkedHubInput }>(
    '/provisioning/linked-hubs/:hostName',
    { schema: { body: CHANGE } },
    async (request) => {
      const { params, query, body } = request;
      const changed = await audited(store, request, { action: 'linkedHub.change', object: params.hostName }, () =>
        changeLinkedHub(provisioning, params.hostName, body, query.etag),
      );
      return linkedHubView(changed);
    },
  );

  app.delete<OfHub>('/provisioning/linked-hubs/:hostName', async (request, reply) => {
    const { hostName } = request.params;
    await audited(store, request, { action: 'linkedHub.remove', object: hostName }, () =>
      unlinkHub(provisioning, hostName, request.query.etag),
    );
    return reply.code(204).send();
  });

  const trial = async (hub: LinkedHubRecord): Promise<LinkedHubTrial> => ({
    hostName: hub.hostName,
    latencyMs: await tryLinkedHub(provisioning, hub),
  });
  app.post<{ Body: NewLinkedHub }>('/provisioning/linked-hubs/trial', { schema: { body: NEW } }, ({ body }) =>
    trial(newLinkedHub(provisioning, body)),
  );
  app.post<OfHub>('/provisioning/linked-hubs/:hostName/trial', async ({ params }) =>
    trial(await getLinkedHub(provisioning, params.hostName)),
  );
}

/** The key of its connection string is never told. */
function linkedHubView(record: LinkedHubRecord): LinkedHubView {
  const { connectionString, caPem, ...view } = record;
  const policyName = connectionString === null ? null : parseConnectionString(connectionString).SharedAccessKeyName;
  return { ...view, policyName: policyName ?? null, hasOwnAuthority: caPem !== null };
}

const MEMBERS = {
  connectionString: { type: 'string', maxLength: LIMITS.ENDPOINT_SECRET_CHARACTERS_MAX },
  caPem: { type: ['string', 'null'], maxLength: LIMITS.PEM_CHARACTERS_MAX },
  allocationWeight: { type: 'integer' },
  takesNewDevices: { type: 'boolean' },
} as const;
const CHANGE = { type: 'object', additionalProperties: false, properties: MEMBERS } as const;
const NEW = { ...CHANGE, required: ['connectionString'] } as const;
