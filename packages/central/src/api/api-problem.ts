import { asHubError, CENTRAL_ERRORS, HubError } from '@viaduct/contracts';
import { type Hub, newGuid } from '@viaduct/hub';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { findDiskTrouble } from '../store/disk-trouble.ts';

/** What clients hear of a refusal. `time` is in the form of RFC 1123. */
interface ApiProblem {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly requestId: string;
    readonly time: string;
  };
}

/** As long as a bucket that is empty needs to hold something again. */
const RETRY_AFTER_SECONDS = 1;

/** The only way a refusal leaves the REST interface. A fault is logged with its request id, and the client learns only that. */
export function answerApiProblem(
  hub: Hub,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = asHubError(asApiRefusal(thrown, request));
  const requestId = newGuid(hub);
  if (error.code === 'server.fault') request.log.error({ err: thrown, requestId }, 'fault in a request to central');
  if (error.code === 'central.unauthenticated') bookRefusal(hub, error, request);
  const { http } = error.row;
  if (http === 429) reply.header('retry-after', RETRY_AFTER_SECONDS);
  const time = new Date(hub.clock.now()).toUTCString();
  const problem: ApiProblem = { error: { code: codeOf(error), message: error.message, requestId, time } };
  return reply.code(http).type('application/json; charset=utf-8').send(problem);
}

/** Codes of what the hub refuses, which has words of its own, by status. */
const CODES: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  412: 'PreconditionFailed',
  413: 'PayloadTooLarge',
  415: 'UnsupportedMediaType',
  422: 'UnprocessableEntity',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
};

function codeOf({ code, row: { http, name } }: HubError): string {
  return code in CENTRAL_ERRORS ? name : (CODES[http] ?? 'InternalServerError');
}

/** What Fastify and SQLite refuse, in our words. */
function asApiRefusal(thrown: unknown, { routeOptions }: FastifyRequest): unknown {
  if (thrown instanceof HubError || !(thrown instanceof Error)) return thrown;
  const { code, statusCode = 500 } = thrown as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new HubError('message.tooLarge', `a request body has at most ${routeOptions.bodyLimit} bytes here`);
  }
  if (statusCode < 500) return new HubError('format.invalid', thrown.message, { cause: thrown });
  return findDiskTrouble(thrown) ?? thrown;
}

function bookRefusal({ refusals }: Hub, { code, message }: HubError, request: FastifyRequest): void {
  // Fastify's type does not say so: a peer that has hung up already has no address any more.
  refusals.record({ deviceId: null, code, message, transport: 'https', remoteAddress: request.ip ?? 'unknown' });
}
