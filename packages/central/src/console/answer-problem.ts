import { randomUUID } from 'node:crypto';
import { asHubError, type ConsoleProblem, HubError } from '@viaduct/contracts';
import { QueryRefusal } from '@viaduct/hub';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { findDiskTrouble } from '../store/disk-trouble.ts';

/**
 * Answers anything thrown as a `ConsoleProblem`. A refusal is told as it is; a fault is logged once with its stack, and the
 * browser hears only the tracking id that finds the line.
 */
export function answerProblem(thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // Who asked went away, which ended the work: nobody hears the answer.
  if (thrown.name === 'AbortError' && reply.raw.destroyed) return reply.code(CLIENT_GONE).send();
  const error = asHubError(asRefusal(thrown));
  const trackingId = randomUUID();
  if (error.code === 'server.fault') request.log.error({ err: thrown, trackingId }, 'a console request failed');
  else request.log.debug({ code: error.code, trackingId, reason: error.message }, 'refused a console request');
  const { code, message, row } = error;
  const place = error instanceof QueryRefusal ? { at: error.at } : {};
  const problem: ConsoleProblem = { code, message, advice: row.advice, trackingId, ...place };
  return reply.code(error.row.http).type('application/json; charset=utf-8').send(problem);
}

/** As proxies write it in their logs; no client ever sees it. */
const CLIENT_GONE = 499;

/** What Fastify itself refuses, in our words. */
function asRefusal(thrown: FastifyError): unknown {
  if (thrown instanceof HubError) return thrown;
  if (thrown.validation !== undefined) return new HubError('argument.invalid', thrown.message);
  if (thrown.statusCode === 413) return new HubError('message.tooLarge', 'the request is too large');
  if (thrown.statusCode === 415) return new HubError('format.invalid', 'send JSON, as content type application/json');
  if (thrown.statusCode !== undefined && thrown.statusCode >= 400 && thrown.statusCode < 500) {
    return new HubError('format.invalid', thrown.message);
  }
  return findDiskTrouble(thrown) ?? thrown;
}
