import { timingSafeEqual } from 'node:crypto';
import { HubError, LIMITS } from '@viaduct/contracts';
import type { Central } from '../central.ts';
import { hashSecretToken } from '../people/secret-token.ts';
import type { CentralStore } from '../store/central-store.ts';
import { findDiskTrouble } from '../store/disk-trouble.ts';
import { type ApiTokenText, formatApiToken, parseApiToken } from './api-token-text.ts';
import { type Caller, ROLES, type RoleId } from './caller.ts';
import { isServerToken, SERVER_TOKEN_ID } from './server-token.ts';

/** A token of a program. What opens the door is not kept: only its hash. */
export interface ApiTokenRecord {
  readonly tokenId: string;
  readonly role: RoleId;
  readonly createdBy: string;
  readonly createdTime: number;
  readonly expiresTime: number;
  /** To the minute; null when it was never used. */
  readonly usedTime: number | null;
}

export interface NewApiToken {
  readonly tokenId: string;
  readonly role: RoleId;
  /** ms since 1970; in a year where it is not said. */
  readonly expiresTime?: number | undefined;
}

const TOKEN_ID = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const SIGNATURE_BYTES = 32;
const DAY_MS = 86_400_000;
const USE_NOTED_EVERY_MS = 60_000;

/** Makes a token; its text is told this once. @throws HubError argument.invalid, central.exists, central.limitReached */
export async function createApiToken(
  { store, hub, applicationId }: Central,
  caller: Caller,
  wanted: NewApiToken,
): Promise<{ readonly record: ApiTokenRecord; readonly token: string }> {
  const tokenId = requireTokenId(wanted.tokenId);
  const now = store.clock.now();
  const expiresTime = requireExpiry(wanted.expiresTime ?? now + LIMITS.API_TOKEN_DAYS_DEFAULT * DAY_MS, now);
  await requireRoom(store);
  const signature = hub.random.bytes(SIGNATURE_BYTES).toString('base64');
  const record = { tokenId, role: wanted.role, createdBy: caller.name, createdTime: now, expiresTime, usedTime: null };
  const { numInsertedOrUpdatedRows: inserted } = await store.tables
    .insertInto('api_token')
    .values({
      token_id: tokenId,
      secret_hash: hashSecretToken(signature),
      role: wanted.role,
      created_by: caller.name,
      created_time: now,
      expires_time: expiresTime,
      used_time: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (!inserted) throw new HubError('central.exists', `there is an API token "${tokenId}" already; revoke it first`);
  return { record, token: formatApiToken({ applicationId, signature, tokenId, expiresTime }) };
}

/** In order of id. */
export async function listApiTokens({ tables }: CentralStore): Promise<readonly ApiTokenRecord[]> {
  return (await tables.selectFrom('api_token').selectAll().orderBy('token_id').execute()).map(recordOf);
}

/** @throws HubError central.notFound */
export async function getApiToken({ tables }: CentralStore, tokenId: string): Promise<ApiTokenRecord> {
  const row = await tables.selectFrom('api_token').selectAll().where('token_id', '=', tokenId).executeTakeFirst();
  if (row === undefined) throw notFound(tokenId);
  return recordOf(row);
}

/** Whoever holds it is refused from now on. @throws HubError central.notFound */
export async function revokeApiToken({ tables }: CentralStore, tokenId: string): Promise<void> {
  const { numDeletedRows } = await tables.deleteFrom('api_token').where('token_id', '=', tokenId).executeTakeFirst();
  if (numDeletedRows === 0n) throw notFound(tokenId);
}

/** Who a token speaks for. Unknown, revoked, expired and forged ones are told apart only by time. @throws HubError central.unauthenticated */
export async function authenticateApiToken(central: Central, text: string): Promise<Caller> {
  const token = parseApiToken(text);
  const now = central.store.clock.now();
  if (token.applicationId !== central.applicationId) {
    throw refused(`the token is of application ${token.applicationId}, and this is ${central.applicationId}`);
  }
  if (token.expiresTime <= now) {
    throw refused(`the token "${token.tokenId}" expired at ${new Date(token.expiresTime).toISOString()}`);
  }
  if (token.tokenId === SERVER_TOKEN_ID) {
    if (!isServerToken(central, token)) throw refused('the signature of the token is not of this server');
    return { kind: 'token', name: SERVER_TOKEN_ID, role: ROLES.administrator };
  }
  return authenticateKept(central.store, token, now);
}

async function authenticateKept(store: CentralStore, token: ApiTokenText, now: number): Promise<Caller> {
  const row = await store.tables
    .selectFrom('api_token')
    .selectAll()
    .where('token_id', '=', token.tokenId)
    .executeTakeFirst();
  const isRight = row !== undefined && timingSafeEqual(row.secret_hash, hashSecretToken(token.signature));
  // A text may have been changed to promise more time than the token has.
  if (row === undefined || !isRight || row.expires_time <= now) {
    throw refused(`the token "${token.tokenId}" is unknown here, was revoked, or is not whole`);
  }
  if (now - (row.used_time ?? 0) >= USE_NOTED_EVERY_MS) await noteUse(store, token.tokenId, now);
  return { kind: 'token', name: row.token_id, role: row.role as RoleId };
}

/** A full disk keeps nobody out. */
async function noteUse({ tables }: CentralStore, tokenId: string, now: number): Promise<void> {
  try {
    await tables.updateTable('api_token').set({ used_time: now }).where('token_id', '=', tokenId).execute();
  } catch (thrown) {
    if (findDiskTrouble(thrown) === undefined) throw thrown;
  }
}

function requireTokenId(tokenId: string): string {
  const fits = TOKEN_ID.test(tokenId) && tokenId.length <= LIMITS.API_TOKEN_ID_CHARACTERS_MAX;
  if (fits && tokenId !== SERVER_TOKEN_ID) return tokenId;
  throw new HubError(
    'argument.invalid',
    tokenId === SERVER_TOKEN_ID
      ? `"${SERVER_TOKEN_ID}" is the token of the ready file; choose another id`
      : `the id of a token has 1 to ${LIMITS.API_TOKEN_ID_CHARACTERS_MAX} letters, digits, dots, underscores or hyphens`,
  );
}

function requireExpiry(expiresTime: number, now: number): number {
  if (expiresTime > now && expiresTime <= now + LIMITS.API_TOKEN_DAYS_MAX * DAY_MS) return Math.floor(expiresTime);
  throw new HubError(
    'argument.invalid',
    `a token ends in the future, within ${LIMITS.API_TOKEN_DAYS_MAX} days; ${new Date(expiresTime).toISOString()} is not`,
  );
}

async function requireRoom({ tables }: CentralStore): Promise<void> {
  const { count } = await tables
    .selectFrom('api_token')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  if (count < LIMITS.API_TOKENS_MAX) return;
  throw new HubError('central.limitReached', `there are ${count} API tokens; there is room for no more`);
}

function recordOf(row: {
  readonly token_id: string;
  readonly role: string;
  readonly created_by: string;
  readonly created_time: number;
  readonly expires_time: number;
  readonly used_time: number | null;
}): ApiTokenRecord {
  return {
    tokenId: row.token_id,
    role: row.role as RoleId,
    createdBy: row.created_by,
    createdTime: row.created_time,
    expiresTime: row.expires_time,
    usedTime: row.used_time,
  };
}

function notFound(tokenId: string): HubError {
  return new HubError('central.notFound', `there is no API token "${tokenId}"`);
}

function refused(message: string): HubError {
  return new HubError('central.unauthenticated', message);
}
