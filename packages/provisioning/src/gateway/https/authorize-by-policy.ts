import { HubError } from '@viaduct/contracts';
import { authorizeService, type KeepsPolicies, type KnowsItsNames, type Right, type TellsTime } from '@viaduct/hub';
import type { FastifyRequest } from 'fastify';

/**
 * Lets a back end in, by its policy's token for the path it asks for. Resolves with who it is, in words for a list.
 *
 * @throws HubError credential.*
 */
export async function authorizeByPolicy(
  provisioning: KeepsPolicies & KnowsItsNames & TellsTime,
  request: FastifyRequest,
  right: Right,
): Promise<string> {
  const { authorization: token } = request.headers;
  if (/^Bearer\s/i.test(token ?? '')) {
    throw new HubError(
      'credential.insufficientRights',
      `an access token opens the hub, not provisioning: use a shared access policy with ${right}, as provisioningserviceowner is`,
    );
  }
  const resource = `${provisioning.hostNames[0] ?? ''}${decoded(request.url.split('?', 1)[0] ?? '')}`;
  return `policy ${(await authorizeService(provisioning, { token, resource, right })).policy}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new HubError('argument.invalid', 'a percent escape in the path is broken', { cause });
  }
}
