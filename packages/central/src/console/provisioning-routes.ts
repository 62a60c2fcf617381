import {
  ALLOCATION_POLICIES,
  HubError,
  hubConnectionString,
  type ProvisioningSettingsInput,
  type ProvisioningView,
} from '@viaduct/contracts';
import { newEtag, requireMatch } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';

interface OfVersion {
  /** The version that the person sees; a change to any other is refused. */
  Querystring: { etag?: string };
}

/** Back ends read and write enrolments by it. */
const SERVICE_POLICY = 'provisioningserviceowner';

/** What devices and back ends must know of provisioning, and what the service as a whole is set to. */
export function provisioningRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  const { provisioning, store } = parts;
  app.get('/provisioning', () => provisioningView(parts));

  app.put<OfVersion & { Body: ProvisioningSettingsInput }>(
    '/provisioning/settings',
    { schema: { body: SETTINGS } },
    async (request) => {
      const { query, body } = request;
      await audited(store, request, { action: 'provisioning.settings', object: body.allocationPolicy }, async () => {
        const before = await provisioning.settings.get();
        requireMatch(before.etag, query.etag);
        const after = { ...before, allocationPolicy: body.allocationPolicy, etag: newEtag(provisioning) };
        if (!(await provisioning.settings.replace(after, before.etag))) throw overtaken();
      });
      return provisioningView(parts);
    },
  );
}

async function provisioningView({ provisioning, connectionInfo }: ConsoleParts): Promise<ProvisioningView> {
  const { settings, enrollments, linkedHubs, policies } = provisioning;
  const { idScope, allocationPolicy, etag } = await settings.get();
  const policy = await policies.find(SERVICE_POLICY);
  const { hostName } = connectionInfo();
  const [groups, individuals, hubs] = await Promise.all([
    enrollments.count('group'),
    enrollments.count('individual'),
    linkedHubs.list(),
  ]);
  return {
    idScope,
    hostName,
    connectionString: policy === undefined ? null : hubConnectionString(hostName, SERVICE_POLICY, policy.primaryKey),
    allocationPolicy,
    counts: { groups, individuals, hubs: hubs.length },
    etag,
  };
}

function overtaken(): HubError {
  return new HubError('etag.mismatch', 'somebody changed it since you read it: the etag is another one');
}

const SETTINGS = {
  type: 'object',
  required: ['allocationPolicy'],
  additionalProperties: false,
  properties: { allocationPolicy: { enum: ALLOCATION_POLICIES } },
} as const;
