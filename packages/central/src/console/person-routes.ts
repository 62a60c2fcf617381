import { LIMITS, type Session, type SetUp, type SignIn } from '@viaduct/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readAudit } from '../audit/audit-trail.ts';
import { endConsoleSession, openConsoleSession } from '../people/console-session.ts';
import { csrfTokenOf } from '../people/secret-token.ts';
import { getSetUpState, setUpPerson } from '../people/set-up.ts';
import { requireFittingPassword } from '../people/sign-in.ts';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import { requireSignedIn } from './console-request.ts';
import { clearSessionCookie, SESSION_COOKIE, setSessionCookie } from './require-session.ts';

const TEXT = { type: 'string', maxLength: 1_024 } as const;
const OPEN = { config: { open: true } } as const;

/** Sign-in, sign-out, set-up by one-time link, and the audit. */
export function personRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  app.get('/session', async (request): Promise<Session> => {
    return sessionOf(requireSignedIn(request).userName, request.cookies[SESSION_COOKIE] ?? '');
  });

  app.post<{ Body: SignIn }>('/session', { ...OPEN, schema: { body: SIGN_IN } }, (request, reply) =>
    signIn(parts, request, reply),
  );

  app.delete('/session', async (request, reply) => {
    const { sessionKey } = requireSignedIn(request);
    await audited(parts.store, request, { action: 'session.close', object: null }, () =>
      endConsoleSession(parts.store, sessionKey),
    );
    parts.live.endSession(sessionKey);
    clearSessionCookie(reply);
    return reply.code(204).send();
  });

  app.get<{ Querystring: { token: string } }>('/setup', { ...OPEN, schema: { querystring: LINK } }, (request) =>
    limited(parts, request, () => getSetUpState(parts.store, request.query.token)),
  );

  app.post<{ Body: SetUp }>('/setup', { ...OPEN, schema: { body: SET_UP } }, (request, reply) =>
    setUp(parts, request, reply),
  );

  app.get<{ Querystring: { cursor?: string; limit: number } }>('/audit', { schema: { querystring: PAGE } }, (request) =>
    readAudit(parts.store, request.query),
  );
}

async function signIn(
  parts: ConsoleParts,
  request: FastifyRequest<{ Body: SignIn }>,
  reply: FastifyReply,
): Promise<Session> {
  const deed = { action: 'session.open', object: null, userName: request.body.userName };
  const userName = await limited(parts, request, () =>
    audited(parts.store, request, deed, () => requireFittingPassword(parts.store, parts.passwords, request.body)),
  );
  return enter(parts, request, reply, userName);
}

async function setUp(
  parts: ConsoleParts,
  request: FastifyRequest<{ Body: SetUp }>,
  reply: FastifyReply,
): Promise<Session> {
  const { userName: object } = request.body;
  const userName = await limited(parts, request, () =>
    audited(parts.store, request, { action: 'person.setUp', object, userName: object }, () =>
      setUpPerson(parts.store, parts.passwords, request.body),
    ),
  );
  // A new password has ended the sessions of its owner: what they watch ends too.
  await parts.live.endClosedSessions();
  return enter(parts, request, reply, userName);
}

async function enter(
  parts: ConsoleParts,
  request: FastifyRequest,
  reply: FastifyReply,
  userName: string,
): Promise<Session> {
  const token = await openConsoleSession(parts.store, parts.hub.random, { userName, remoteAddress: request.ip });
  setSessionCookie(reply, token);
  return sessionOf(userName, token);
}

/** Guessing is limited before anything is looked up, hashed or written. @throws HubError quota.exceeded (retry) */
async function limited<T>(parts: ConsoleParts, request: FastifyRequest, attempt: () => Promise<T>): Promise<T> {
  parts.signInLimit.begin(request.ip);
  const outcome = await attempt();
  parts.signInLimit.succeeded(request.ip);
  return outcome;
}

function sessionOf(userName: string, token: string): Session {
  return { userName, role: 'administrator', csrfToken: csrfTokenOf(token) };
}

const SIGN_IN = {
  type: 'object',
  required: ['userName', 'password'],
  properties: { userName: TEXT, password: TEXT },
} as const;
const SET_UP = {
  type: 'object',
  required: ['token', 'userName', 'password'],
  properties: { token: TEXT, userName: TEXT, password: TEXT },
} as const;
const LINK = { type: 'object', required: ['token'], properties: { token: TEXT } } as const;
const PAGE = {
  type: 'object',
  properties: {
    cursor: TEXT,
    limit: { type: 'integer', minimum: 1, maximum: LIMITS.AUDIT_PAGE_MAX, default: 100 },
  },
} as const;
