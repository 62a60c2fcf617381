import { HubError } from '@viaduct/contracts';
import type { Hub } from '@viaduct/hub';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerApiProblem } from './api-problem.ts';

type RefuseAddress = (thrown: Error, request: FastifyRequest, reply: FastifyReply) => void;

/** What Fastify refuses before it knows whose route it is (a broken percent escape), in central's words where the path is central's. */
export function refuseApiAddress(hub: Hub, otherwise: RefuseAddress): RefuseAddress {
  return (thrown, request, reply) => {
    if (!request.url.startsWith('/api/')) return otherwise(thrown, request, reply);
    answerApiProblem(hub, new HubError('argument.invalid', thrown.message, { cause: thrown }), request, reply);
  };
}
