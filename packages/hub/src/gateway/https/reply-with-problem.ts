import { asHubError, HubError, LIMITS } from '@viaduct/contracts';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { BooksRefusals } from '../../core/hub.ts';
import type { TellsTime } from '../../core/ports.ts';
import { isoTime } from '../../core/record/append-happening.ts';

/** How a route words its errors; SDKs have a parser for each. `nested`: direct methods. `flat`: everything else. */
type ProblemShape = 'flat' | 'nested';

declare module 'fastify' {
  interface FastifyContextConfig {
    problemShape?: ProblemShape;
  }
  interface FastifyRequest {
    /** Who asks, where a device is the caller: its refusals are booked under its id. */
    callingDevice: string | null;
    /** In the answer's `x-ms-request-id`, in every problem, and in the log beside a fault. */
    trackingId: string;
  }
}

/**
 * The only way a refusal leaves the REST gateway.
 *
 *     flat     {"Message":"ErrorCode:DeviceNotFound;why","ExceptionMessage":"Tracking ID:…"}
 *     nested   {"Message":"{\"errorCode\":404103,\"message\":\"why\",…}","ExceptionMessage":""}
 *
 * Both with the header `iothub-errorcode`: SDKs trust the number only when header and body agree. A refused credential is
 * booked. A fault is logged with the tracking id, and the client learns only that.
 */
export function replyWithProblem(
  hub: BooksRefusals & TellsTime,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = asHubError(asRequestRefusal(thrown));
  const { trackingId } = request;
  if (error.code === 'server.fault') request.log.error({ err: thrown, trackingId }, 'fault in a REST request');
  bookRefusal(hub, error, request);
  const { http, name } = error.row;
  const isNested = request.routeOptions.config.problemShape === 'nested' || http === 429;
  const time = hub.clock.now();
  if (http === 429) reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply
    .code(http)
    .header('iothub-errorcode', name)
    .send(isNested ? nestedProblem(error, trackingId, time) : flatProblem(error, trackingId, time));
}

/** As long as a bucket that is empty needs to hold something again, or a little longer. */
const RETRY_AFTER_SECONDS = 10;

/** What Fastify itself refuses, in our words. */
function asRequestRefusal(thrown: unknown): unknown {
  if (thrown instanceof HubError || !(thrown instanceof Error)) return thrown;
  const { code, statusCode = 500 } = thrown as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new HubError('message.tooLarge', `a request body has at most ${LIMITS.HTTP_BODY_BYTES_MAX} bytes`);
  }
  if (statusCode < 500) return new HubError('format.invalid', thrown.message, { cause: thrown });
  return thrown;
}

function bookRefusal(hub: BooksRefusals, error: HubError, request: FastifyRequest): void {
  const { callingDevice } = request;
  const isCredential = error.code.startsWith('credential.') || error.code === 'throttle.exceeded';
  if (!isCredential && (callingDevice === null || error.code === 'server.fault')) return;
  hub.refusals.record({
    deviceId: callingDevice,
    code: error.code,
    message: error.message,
    transport: 'https',
    // Fastify's type does not say so: a peer that has hung up already has no address any more.
    remoteAddress: request.ip ?? 'unknown',
  });
}

export function flatProblem(error: HubError, trackingId: string, time: number): object {
  return {
    Message: `ErrorCode:${error.row.name};${error.message}`,
    ExceptionMessage: `Tracking ID:${trackingId.replaceAll('-', '')}-G:0-TimeStamp:${usTime(time)}`,
  };
}

function nestedProblem(error: HubError, trackingId: string, time: number): object {
  const inner = {
    errorCode: error.row.hub,
    trackingId: `${trackingId.replaceAll('-', '')}-G:0-TimeStamp:${usTime(time)}`,
    message: error.message,
    // Azure tells how long it waited for the device; we say so in the message.
    info: error.code === 'device.notOnline' ? { timeout: '00:00:00' } : {},
    timestampUtc: isoTime(time),
  };
  return { Message: JSON.stringify(inner), ExceptionMessage: '' };
}

/** `MM/dd/yyyy HH:mm:ss`, UTC. */
function usTime(time: number): string {
  const iso = new Date(time).toISOString();
  return `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)} ${iso.slice(11, 19)}`;
}
