import { HubError } from '@viaduct/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newGuid } from '../../core/command/new-guid.ts';
import type { MakesRandomness, TellsTime } from '../../core/ports.ts';
import { flatProblem } from './reply-with-problem.ts';

/**
 * What Fastify refuses before it knows whose route it is (a broken percent escape, a segment that is too long), worded as the REST
 * API words it; for the server's `frameworkErrors`.
 */
export function refuseAddress(hub: TellsTime & MakesRandomness) {
  return (thrown: Error, _request: FastifyRequest, reply: FastifyReply): void => {
    const error = new HubError('argument.invalid', thrown.message, { cause: thrown });
    const trackingId = newGuid(hub);
    reply
      .code(error.row.http)
      .header('x-ms-request-id', trackingId)
      .header('iothub-errorcode', error.row.name)
      .send(flatProblem(error, trackingId, hub.clock.now()));
  };
}
