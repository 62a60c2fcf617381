import { asHubError, HubError } from '@viaduct/contracts';
import type { TellsTime } from '@viaduct/hub';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { provisioningProblem } from '../problem.ts';

/** As long as a client waits that is not told how long. */
const RETRY_AFTER_SECONDS = 10;

/**
 * The only way a refusal leaves the HTTPS gateway of provisioning: the problem as JSON, its number in `x-ms-error-code` as well. A fault
 * is logged with the tracking id, and the client learns only that.
 */
export function replyWithProvisioningProblem(
  provisioning: TellsTime,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = asHubError(asRequestRefusal(thrown, request.routeOptions.bodyLimit));
  const { trackingId } = request;
  if (error.code === 'server.fault') request.log.error({ err: thrown, trackingId }, 'fault in a provisioning request');
  const problem = provisioningProblem(error, trackingId, provisioning.clock.now());
  const { http } = error.row;
  if (http === 429 && !reply.hasHeader('retry-after')) reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply.code(http).header('x-ms-error-code', problem.errorCode).send(problem);
}

/** What Fastify itself refuses, in our words. */
function asRequestRefusal(thrown: unknown, bodyLimit: number | undefined): unknown {
  if (thrown instanceof HubError || !(thrown instanceof Error)) return thrown;
  const { code, statusCode = 500 } = thrown as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new HubError('message.tooLarge', `a request body has at most ${bodyLimit} bytes here`);
  }
  if (statusCode < 500) return new HubError('format.invalid', thrown.message, { cause: thrown });
  return thrown;
}
