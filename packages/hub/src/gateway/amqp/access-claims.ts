import { createHash, timingSafeEqual } from 'node:crypto';
import { HubError, isSas, LIMITS, parseSas } from '@viaduct/contracts';
import { authorizeService } from '../../core/access/authorize-service.ts';
import type { KeepsPolicies, KnowsItsNames, TellsTime } from '../../core/ports.ts';

/** What a link must be allowed to do, as the path a token's resource has to cover. */
export type AmqpScope = 'messages/events' | 'messages/devicebound' | 'messages/servicebound';

/** Something a peer has proved: a policy, on a part of the hub, for a time. */
export interface AccessClaim {
  readonly policy: string;
  /** Lower case, without host; empty for the whole hub. */
  readonly path: string;
  /** Milliseconds since 1970; Infinity for a key shown outright. */
  readonly expiresAt: number;
}

type ChecksAccess = KeepsPolicies & KnowsItsNames & TellsTime;

/**
 * What a token is good for.
 *
 * Everything on this protocol needs ServiceConnect. Event Hubs clients ask for tokens on `{host}/{eventHub}/…`, IoT clients on
 * `{host}` or `{host}/messages/events`: either way below the event hub means: may read events.
 *
 * @throws HubError credential.*, link.notSupported when the token is a device's
 */
export async function claimByToken(hub: ChecksAccess, eventHubName: string, token: string): Promise<AccessClaim> {
  if (!isSas(token)) {
    throw new HubError('credential.malformed', 'only shared access signatures are taken, not tokens of a directory');
  }
  const { resource } = parseSas(token);
  const slash = resource.indexOf('/');
  const path = slash < 0 ? '' : resource.slice(slash + 1);
  if (/^devices(\/|$)/i.test(path)) throw deviceLinksNotSupported();
  // The path is the token's own, so what is decided here is the host, the signature, the time and the right.
  const wanted = path === '' ? `${hub.hostNames[0]}` : `${hub.hostNames[0]}/${path}`;
  const { policy, expiresAtSeconds } = await authorizeService(hub, {
    token,
    resource: wanted,
    right: 'ServiceConnect',
  });
  return { policy, path: scopePath(path, eventHubName), expiresAt: expiresAtSeconds * 1_000 };
}

/**
 * SASL PLAIN. The user names a policy; the password is a token, or the policy's key itself.
 *
 *     {policy}@sas.root.{hub} · {policy}@root.{hub} · {policy}      a policy
 *     {device}@sas.{hub} · {device}@{hub}                           a device
 *
 * @throws HubError credential.*, link.notSupported
 */
export async function claimByPassword(
  hub: ChecksAccess,
  eventHubName: string,
  userName: string,
  password: string,
): Promise<AccessClaim> {
  const [, policyName, isDevice] = PLAIN_USER.exec(userName) ?? [];
  if (policyName === undefined) throw new HubError('credential.malformed', 'the user name has none of the known forms');
  if (isDevice !== undefined) throw deviceLinksNotSupported();
  if (isSas(password)) return claimByToken(hub, eventHubName, password);
  const policy = await hub.policies.find(decodedOrSame(policyName));
  if (policy === undefined) throw new HubError('credential.unknownPolicy', 'there is no policy of that name');
  if (![policy.primaryKey, policy.secondaryKey].some((key) => key !== '' && sameText(key, password))) {
    throw new HubError('credential.signatureMismatch', `the password is not a key of policy "${policy.name}"`);
  }
  if (!policy.rights.has('ServiceConnect')) {
    throw new HubError('credential.insufficientRights', `policy "${policy.name}" does not grant ServiceConnect`);
  }
  return { policy: policy.name, path: '', expiresAt: Number.POSITIVE_INFINITY };
}

const PLAIN_USER = /^([^@]{1,256})(?:@(?:(?:sas\.)?root\.[^@]+|(sas\.[^@]+|[^@]+)))?$/i;

/** All that one connection has proved. A token put again for the same part of the hub takes the older one's place. */
export class AccessClaims {
  readonly #claims = new Map<string, AccessClaim>();

  get isEmpty(): boolean {
    return this.#claims.size === 0;
  }

  /** @throws HubError quota.exceeded */
  add(claim: AccessClaim): void {
    const key = `${claim.policy}\n${claim.path}`;
    if (!this.#claims.has(key) && this.#claims.size >= LIMITS.AMQP_TOKENS_MAX) {
      throw new HubError('quota.exceeded', `more than ${LIMITS.AMQP_TOKENS_MAX} tokens on one connection`);
    }
    const older = this.#claims.get(key);
    if (older === undefined || older.expiresAt <= claim.expiresAt) this.#claims.set(key, claim);
  }

  /** @throws HubError credential.missing, credential.wrongResource, connection.tokenExpired */
  require(scope: AmqpScope, now: number): AccessClaim {
    if (this.isEmpty) throw new HubError('credential.missing', 'no token was put on this connection');
    const covering = [...this.#claims.values()].filter(({ path }) => covers(path, scope));
    if (covering.length === 0) {
      throw new HubError('credential.wrongResource', `no token on this connection is for "${scope}"`);
    }
    const valid = covering.find(({ expiresAt }) => expiresAt > now);
    if (valid === undefined) throw new HubError('connection.tokenExpired', 'the token ran out and was not renewed');
    return valid;
  }

  /** When the next claim runs out after `now`; Infinity for never. */
  nextExpiry(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { expiresAt } of this.#claims.values()) if (expiresAt > now) next = Math.min(next, expiresAt);
    return next;
  }
}

function scopePath(path: string, eventHubName: string): string {
  const lower = path.toLowerCase();
  const entity = eventHubName.toLowerCase();
  const ofEvents = [entity, 'messages/events'].some((prefix) => lower === prefix || lower.startsWith(`${prefix}/`));
  return ofEvents ? 'messages/events' : lower;
}

function covers(path: string, scope: AmqpScope): boolean {
  return path === '' || path === scope || scope.startsWith(`${path}/`) || path.startsWith(`${scope}/`);
}

function deviceLinksNotSupported(): HubError {
  return new HubError('link.notSupported', 'devices connect by MQTT for now; AMQP is for service clients');
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function decodedOrSame(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not escaped after all.
    return text;
  }
}
