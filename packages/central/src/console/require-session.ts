import { CSRF_HEADER, HubError, LIMITS } from '@viaduct/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { writeAudit } from '../audit/audit-trail.ts';
import { findSignedIn, type SignedIn } from '../people/console-session.ts';
import { isCsrfTokenOf } from '../people/secret-token.ts';
import type { CentralStore } from '../store/central-store.ts';

/** `__Host-`: browsers keep it only from this host, over TLS, for all paths; no neighbour can set or shadow it. */
export const SESSION_COOKIE = '__Host-viaduct';
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is asking; null on the few routes that are open to all. */
    signedIn: SignedIn | null;
  }
}

/** Before every request but the open ones: a session, and on unsafe methods the proof that our own page asks. */
export async function requireSession(
  store: CentralStore,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<SignedIn> {
  const token = request.cookies[SESSION_COOKIE];
  const signedIn = token === undefined ? undefined : await findSignedIn(store, token);
  if (token === undefined || signedIn === undefined) throw new HubError('console.signedOut', 'nobody is signed in');
  request.signedIn = signedIn;
  if (!SAFE_METHODS.has(request.method)) await requireOwnPage(store, request, token);
  if (signedIn.renewed) setSessionCookie(reply, token);
  return signedIn;
}

/**
 * Refuses what another site's page sends: a browser says where a request comes from. Programs say nothing and are let through;
 * they hold no cookie of anybody. @throws HubError console.forged
 */
export function refuseForeignSite(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  if (!SAFE_METHODS.has(request.method) && site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new HubError('console.forged', 'the request comes from the page of another site');
  }
}

export function setSessionCookie(reply: FastifyReply, token: string): void {
  reply.setCookie(SESSION_COOKIE, token, { ...COOKIE, maxAge: LIMITS.CONSOLE_SESSION_SECONDS });
}

export function clearSessionCookie(reply: FastifyReply): void {
  reply.clearCookie(SESSION_COOKIE, COOKIE);
}

const COOKIE = { httpOnly: true, secure: true, sameSite: 'strict', path: '/' } as const;

async function requireOwnPage(store: CentralStore, request: FastifyRequest, token: string): Promise<void> {
  const claimed = request.headers[CSRF_HEADER];
  if (typeof claimed === 'string' && isCsrfTokenOf(token, claimed)) return;
  await writeAudit(store, {
    userName: request.signedIn?.userName ?? null,
    action: `${request.method} ${request.routeOptions.url ?? ''}`,
    object: null,
    code: 'console.forged',
    remoteAddress: request.ip,
  });
  throw new HubError('console.forged', `the header ${CSRF_HEADER} is missing or belongs to another session`);
}
