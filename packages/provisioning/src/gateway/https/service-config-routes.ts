import {
  HubError,
  type LinkedHub,
  type LinkedHubTest,
  type ProvisioningServiceSettings,
  parseConnectionString,
} from '@viaduct/contracts';
import { ifMatchIn, type JsonObject, jsonObjectIn, newEtag, requireMatch } from '@viaduct/hub';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  changeLinkedHub,
  getLinkedHub,
  type LinkedHubInput,
  linkHub,
  listLinkedHubs,
  unlinkHub,
} from '../../core/linked-hub/linked-hub.ts';
import { tryLinkedHub } from '../../core/linked-hub/try-linked-hub.ts';
import type { AllocationPolicy, LinkedHubRecord } from '../../core/ports.ts';
import type { Provisioning } from '../../core/provisioning.ts';
import { authorizeByPolicy } from './authorize-by-policy.ts';

/**
 * What the service as a whole is set to; ours, for Azure has it in its resource manager. All ask for ServiceConfig.
 *
 *     GET    /provisioningSettings
 *     PUT    /provisioningSettings          {allocationPolicy}
 *     GET    /linkedHubs                    {"value": [LinkedHub, …]}
 *     PUT    /linkedHubs/{hostName}         LinkedHubRequest: links it, or changes what is named
 *     DELETE /linkedHubs/{hostName}         204
 *     POST   /linkedHubs/{hostName}/test    asks it; changes nothing
 */
export function serviceConfigRoutes(app: FastifyInstance, provisioning: Provisioning): void {
  settingsRoutes(app, provisioning);
  linkedHubRoutes(app, provisioning);
}

function settingsRoutes(app: FastifyInstance, provisioning: Provisioning): void {
  app.get('/provisioningsettings', async (request): Promise<ProvisioningServiceSettings> => {
    await authorizeByPolicy(provisioning, request, 'ServiceConfig');
    return provisioning.settings.get();
  });
  app.put('/provisioningsettings', async (request): Promise<ProvisioningServiceSettings> => {
    await authorizeByPolicy(provisioning, request, 'ServiceConfig');
    const before = await provisioning.settings.get();
    requireMatch(before.etag, ifMatchIn(request));
    const allocationPolicy = allocationIn(jsonObjectIn(request));
    const after = { ...before, allocationPolicy, etag: newEtag(provisioning) };
    if (await provisioning.settings.replace(after, before.etag)) return after;
    throw new HubError('etag.mismatch', 'somebody changed the settings meanwhile');
  });
}

function linkedHubRoutes(app: FastifyInstance, provisioning: Provisioning): void {
  app.get('/linkedhubs', async (request): Promise<{ value: LinkedHub[] }> => {
    await authorizeByPolicy(provisioning, request, 'ServiceConfig');
    return { value: (await listLinkedHubs(provisioning)).map(linkedHubDocument) };
  });
  app.put('/linkedhubs/:id', async (request): Promise<LinkedHub> => {
    await authorizeByPolicy(provisioning, request, 'ServiceConfig');
    return linkedHubDocument(await putLinkedHub(provisioning, request));
  });
  app.delete('/linkedhubs/:id', async (request, reply) => {
    await authorizeByPolicy(provisioning, request, 'ServiceConfig');
    await unlinkHub(provisioning, nameIn(request), ifMatchIn(request));
    return reply.code(204).send();
  });
  app.post('/linkedhubs/:id/test', async (request): Promise<LinkedHubTest> => {
    await authorizeByPolicy(provisioning, request, 'ServiceConfig');
    const hub = await getLinkedHub(provisioning, nameIn(request));
    return { hostName: hub.hostName, latencyMs: await tryLinkedHub(provisioning, hub) };
  });
}

/** Links it when it is not linked. The key of its connection string never comes back. */
async function putLinkedHub(provisioning: Provisioning, request: FastifyRequest): Promise<LinkedHubRecord> {
  const [hostName, input] = [nameIn(request), linkedHubIn(jsonObjectIn(request))];
  if ((await provisioning.linkedHubs.find(hostName)) !== undefined) {
    return changeLinkedHub(provisioning, hostName, input, ifMatchIn(request));
  }
  const { connectionString = '' } = input;
  const named = parseConnectionString(connectionString).HostName?.toLowerCase();
  if (named !== undefined && named !== hostName.toLowerCase()) {
    throw new HubError('linkedHub.invalid', `the connection string is of ${named}, not of ${hostName}`);
  }
  return linkHub(provisioning, input);
}

function linkedHubDocument({ connectionString, caPem, ...hub }: LinkedHubRecord): LinkedHub {
  const { SharedAccessKeyName: policyName = null } =
    connectionString === null ? {} : parseConnectionString(connectionString);
  return { ...hub, policyName, hasOwnAuthority: caPem !== null };
}

/** Only what is named. @throws HubError linkedHub.invalid */
function linkedHubIn({ connectionString, caPem, allocationWeight, takesNewDevices }: JsonObject): LinkedHubInput {
  return {
    ...member('connectionString', connectionString, isText),
    ...member('caPem', caPem, (value): value is string | null => value === null || isText(value)),
    ...member('allocationWeight', allocationWeight, (value): value is number => typeof value === 'number'),
    ...member('takesNewDevices', takesNewDevices, (value): value is boolean => typeof value === 'boolean'),
  };
}

function member<Name extends string, T>(
  name: Name,
  value: unknown,
  fits: (value: unknown) => value is T,
): { readonly [key in Name]?: T } {
  if (value === undefined) return {};
  if (fits(value)) return { [name]: value } as { readonly [key in Name]?: T };
  throw new HubError('linkedHub.invalid', `${name} is of another type`);
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** Of the service; an enrolment that wants a webhook names it itself. */
const ALLOCATIONS: readonly string[] = ['hashed', 'geoLatency', 'static'] satisfies AllocationPolicy[];

function allocationIn({ allocationPolicy }: JsonObject): AllocationPolicy {
  if (isText(allocationPolicy) && ALLOCATIONS.includes(allocationPolicy)) return allocationPolicy as AllocationPolicy;
  throw new HubError('argument.invalid', `allocationPolicy is one of ${ALLOCATIONS.join(', ')}`);
}

function nameIn(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}
