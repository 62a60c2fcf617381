import { createHash } from 'node:crypto';
import { ACCESS_ROLES, type AccessRole, asHubError, HubError, LIMITS } from '@viaduct/contracts';
import type { AccessTokenRecord, KeepsAccessTokens, MakesRandomness, TellsTime } from '../ports.ts';
import { type AccessAction, roleGrants } from './access-role.ts';
import { agoText } from './ago-text.ts';

/** Says what it is where one was left lying about: scanners for secrets know such words. */
const PREFIX = 'vdt_';
const SECRET_BYTES = 32;
const TOKEN = /^vdt_[\w-]{43}$/;
const NAME = /^[\w.@-]+(?: [\w.@-]+)*$/;
const DAY_MS = 86_400_000;

export interface AccessTokenInput {
  readonly name: string;
  readonly role: AccessRole;
  readonly expiresInDays?: number;
  /** Who makes it, for the list. */
  readonly createdBy: string;
}

/**
 * Makes an access token. It is told once, here; kept is its hash, and plain SHA-256 is enough for 256 random bits.
 *
 * @throws HubError argument.invalid, accessToken.exists, accessToken.tooMany, store.unavailable (retry)
 */
export async function createAccessToken(
  hub: KeepsAccessTokens & TellsTime & MakesRandomness,
  { name, role, expiresInDays = LIMITS.ACCESS_TOKEN_DAYS_DEFAULT, createdBy }: AccessTokenInput,
): Promise<{ readonly token: string; readonly record: AccessTokenRecord }> {
  requireInput(name, role, expiresInDays);
  if ((await hub.accessTokens.list()).length >= LIMITS.ACCESS_TOKENS_MAX) {
    throw new HubError('accessToken.tooMany', `there are ${LIMITS.ACCESS_TOKENS_MAX} access tokens already`);
  }
  const token = `${PREFIX}${hub.random.bytes(SECRET_BYTES).toString('base64url')}`;
  const createdTime = hub.clock.now();
  const record = {
    ...{ name, role, createdBy, createdTime },
    hash: hashOf(token),
    expiryTime: createdTime + expiresInDays * DAY_MS,
    lastUsedTime: 0,
  };
  if (!(await hub.accessTokens.insert(record))) {
    throw new HubError('accessToken.exists', `there is an access token "${name}" already`);
  }
  return { token, record };
}

/** By name, those that ran out too: they say until when somebody had access. */
export function listAccessTokens(hub: KeepsAccessTokens): Promise<readonly AccessTokenRecord[]> {
  return hub.accessTokens.list();
}

/** From the next request on it opens nothing. @throws HubError accessToken.notFound, store.unavailable (retry) */
export async function revokeAccessToken(hub: KeepsAccessTokens, name: string): Promise<void> {
  if (await hub.accessTokens.remove(name)) return;
  throw new HubError('accessToken.notFound', `there is no access token "${name.slice(0, 80)}"`);
}

export function isAccessToken(text: string): boolean {
  return text.startsWith(PREFIX);
}

/**
 * Who shows this token, while it is good, and notes that it was used.
 *
 * @throws HubError credential.malformed, credential.unknownToken, credential.expired
 */
export async function findTokenHolder(hub: KeepsAccessTokens & TellsTime, token: string): Promise<AccessTokenRecord> {
  if (!TOKEN.test(token)) throw new HubError('credential.malformed', 'the bearer token is not one of this hub');
  const record = await hub.accessTokens.findByHash(hashOf(token));
  if (record === undefined) throw new HubError('credential.unknownToken', 'the access token is unknown or was revoked');
  const now = hub.clock.now();
  if (record.expiryTime <= now) {
    throw new HubError(
      'credential.expired',
      `access token "${record.name}" expired ${agoText(now - record.expiryTime)} ago`,
    );
  }
  if (now - record.lastUsedTime >= LIMITS.ACCESS_TOKEN_USE_SECONDS * 1_000) await noteUse(hub, record.name, now);
  return record;
}

/** Lets a back end in by an access token. @throws HubError as `findTokenHolder`, credential.insufficientRights */
export async function authorizeByToken(
  hub: KeepsAccessTokens & TellsTime,
  token: string,
  action: AccessAction,
): Promise<AccessTokenRecord> {
  const holder = await findTokenHolder(hub, token);
  if (roleGrants(holder.role, action)) return holder;
  throw new HubError(
    'credential.insufficientRights',
    `the role ${holder.role} of access token "${holder.name}" does not ${action.verb} ${action.subject}`,
  );
}

/** Good to know, and not worth a refusal: a full disk is told by everything that must be kept. */
async function noteUse({ accessTokens }: KeepsAccessTokens, name: string, now: number): Promise<void> {
  try {
    await accessTokens.saveUse(name, now);
  } catch (thrown) {
    if (asHubError(thrown).code !== 'store.unavailable') throw thrown;
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

function requireInput(name: string, role: AccessRole, days: number): void {
  const max = LIMITS.ACCESS_TOKEN_NAME_CHARACTERS_MAX;
  if (!NAME.test(name) || name.length > max) {
    throw new HubError(
      'argument.invalid',
      `a name has 1 to ${max} letters, digits, "-", "_", ".", "@" and single spaces`,
    );
  }
  if (!ACCESS_ROLES.includes(role)) throw new HubError('argument.invalid', `role is one of ${ACCESS_ROLES.join(', ')}`);
  if (!Number.isInteger(days) || days < 1 || days > LIMITS.ACCESS_TOKEN_DAYS_MAX) {
    throw new HubError('argument.invalid', `expiresInDays is a whole number from 1 to ${LIMITS.ACCESS_TOKEN_DAYS_MAX}`);
  }
}
