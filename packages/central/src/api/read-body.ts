import { HubError } from '@viaduct/contracts';
import type { FastifyRequest } from 'fastify';
import type { OperationRow } from './operation-table.ts';
import { requireValid } from './validate.ts';

/** Deeper than any document of the interface; what walks one may rely on it. */
const DEPTH_MAX = 100;

/**
 * The body of an operation, as JSON that has the operation's schema. Undefined where the operation takes none: clients send `{}` or a
 * content type all the same. @throws HubError central.bodyInvalid, naming the member; central.mediaTypeUnsupported
 */
export function readBody(request: FastifyRequest, row: OperationRow): unknown {
  if (row.body === undefined && row.patch === undefined) return undefined;
  requireJsonType(request, row);
  const json = parse(request.body);
  requirePlain(json, DEPTH_MAX);
  if (row.body !== undefined) requireValid(row.body, json);
  else if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw invalid('a merge patch is a JSON object');
  return json;
}

function requireJsonType({ headers }: FastifyRequest, { patch }: OperationRow): void {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  const accepted = patch === undefined ? ['application/json'] : ['application/merge-patch+json', 'application/json'];
  if (type === undefined || accepted.includes(type)) return;
  throw new HubError('central.mediaTypeUnsupported', `the body is ${type}; send ${accepted.join(' or ')}`);
}

function parse(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) throw invalid('the request has no body');
  try {
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, '')) as unknown;
  } catch (cause) {
    throw invalid(`the body is not JSON: ${(cause as Error).message}`, cause);
  }
}

/** No document of the interface has such a member, and whoever copies one that does changes what the copy inherits. */
const FORBIDDEN_NAME = '__proto__';

function requirePlain(value: unknown, left: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (left === 0) throw invalid(`the body is nested more than ${DEPTH_MAX} levels deep`);
  if (Object.hasOwn(value, FORBIDDEN_NAME)) throw invalid(`"${FORBIDDEN_NAME}" is no name of a member`);
  for (const member of Object.values(value)) requirePlain(member, left - 1);
}

function invalid(message: string, cause?: unknown): HubError {
  return new HubError('central.bodyInvalid', message, { cause });
}
