import { type DeviceIdentity, HubError, LIMITS, requireValidId } from '@viaduct/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authorizeByToken } from '../../core/access/access-token.ts';
import { authorizeService } from '../../core/access/authorize-service.ts';
import type { Hub } from '../../core/hub.ts';
import type { JsonObject, Right } from '../../core/ports.ts';
import { actionOf } from './action-of.ts';
import { holdRequest } from './hold-request.ts';

/**
 * Lets the caller in, by its policy's token for the path it asks for or by an access token, when its share of such requests has
 * come. Resolves with who it is, in words for a list.
 *
 * @throws HubError credential.*, throttle.exceeded (retry)
 */
export async function authorize(hub: Hub, request: FastifyRequest, ...rights: readonly Right[]): Promise<string> {
  const bearer = /^Bearer\s+(.*)$/i.exec(request.headers.authorization ?? '')?.[1];
  const caller =
    bearer === undefined ? await authorizePolicy(hub, request, rights) : await authorizeBearer(hub, request, bearer);
  await holdRequest(hub, request);
  return caller;
}

async function authorizePolicy(hub: Hub, request: FastifyRequest, rights: readonly Right[]): Promise<string> {
  const path = decoded(request.url.split('?', 1)[0] ?? '');
  const resource = `${hub.hostNames[0] ?? ''}${path}`;
  let caller = '';
  for (const right of rights) {
    caller = (await authorizeService(hub, { token: request.headers.authorization, resource, right })).policy;
  }
  return `policy ${caller}`;
}

async function authorizeBearer(hub: Hub, request: FastifyRequest, token: string): Promise<string> {
  const action = actionOf(request.method, request.routeOptions.url ?? '');
  return `access token ${(await authorizeByToken(hub, token.trim(), action)).name}`;
}

/** The device or module of the path. @throws HubError device.idInvalid */
export function identityIn(request: FastifyRequest): DeviceIdentity {
  const { id, moduleId } = request.params as { id: string; moduleId?: string };
  const deviceId = requireValidId(id);
  return moduleId === undefined ? { deviceId } : { deviceId, moduleId: requireValidId(moduleId, 'module id') };
}

/** The body as JSON. Content types are not looked at: SDKs send several, and some none. @throws HubError format.invalid */
export function jsonIn(request: FastifyRequest): unknown {
  const body = request.body;
  if (!Buffer.isBuffer(body) || body.length === 0) throw new HubError('format.invalid', 'the request has no body');
  try {
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, '')) as unknown;
  } catch (cause) {
    throw new HubError('format.invalid', `the body is not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** @throws HubError format.invalid */
export function jsonObjectIn(request: FastifyRequest): JsonObject {
  const json = jsonIn(request);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new HubError('format.invalid', 'the body is a JSON object');
  }
  return json as JsonObject;
}

/** `If-Match`, bare: SDKs send `*`, `"*"`, `xyz`, `"xyz"` and `W/"xyz"`. Undefined when there is none. */
export function ifMatchIn(request: FastifyRequest): string | undefined {
  const header = request.headers['if-match'];
  if (header === undefined || header === '') return undefined;
  const bare = header.replace(/^W\//, '').replace(/^"(.*)"$/, '$1');
  // An SDK that has no etag quotes nothing at all: it means any.
  return bare === '' ? '*' : bare;
}

export function setEtag(reply: FastifyReply, etag: string): void {
  reply.header('etag', `"${etag}"`);
}

/** A count that a client asks for, between 1 and a page; SDKs send numbers and texts. @throws HubError argument.invalid */
export function pageSize(
  given: unknown,
  name: string,
  byDefault: number,
  max: number = LIMITS.DEVICE_PAGE_MAX,
): number {
  if (given === undefined || given === '') return byDefault;
  const count = Number(given);
  if (!Number.isInteger(count) || count < 1) throw new HubError('argument.invalid', `${name} is a whole number from 1`);
  return Math.min(count, max);
}

/** Where the page before ended: the last of it, as `setContinuation` was given it. Undefined for the first page. */
export function continuationIn(request: FastifyRequest): string | undefined {
  const header = request.headers['x-ms-continuation'];
  if (typeof header !== 'string' || header === '') return undefined;
  return Buffer.from(header, 'base64url').toString('utf8');
}

/** Only after a full page: a client asks until there is none. */
export function setContinuation(reply: FastifyReply, last: string): void {
  reply.header('x-ms-continuation', Buffer.from(last, 'utf8').toString('base64url'));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new HubError('argument.invalid', 'a percent escape in the path is broken', { cause });
  }
}
