import { HubError } from '@viaduct/contracts';
import { type MakesRandomness, newGuid, type TellsTime } from '@viaduct/hub';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { provisioningProblem } from '../problem.ts';
import { isProvisioningUrl } from './rewrite-provisioning-url.ts';

type RefuseAddress = (thrown: Error, request: FastifyRequest, reply: FastifyReply) => void;

/**
 * What Fastify refuses before it knows whose route it is (a broken percent escape), in provisioning's words where the path is
 * provisioning's; else `otherwise` answers. For the server's `frameworkErrors`.
 */
export function refuseProvisioningAddress(
  provisioning: TellsTime & MakesRandomness,
  otherwise: RefuseAddress,
): RefuseAddress {
  return (thrown, request, reply) => {
    if (!isProvisioningUrl(request.url)) return otherwise(thrown, request, reply);
    const error = new HubError('argument.invalid', thrown.message, { cause: thrown });
    const trackingId = newGuid(provisioning);
    const problem = provisioningProblem(error, trackingId, provisioning.clock.now());
    reply
      .code(error.row.http)
      .header('x-ms-request-id', trackingId)
      .header('x-ms-error-code', problem.errorCode)
      .send(problem);
  };
}
