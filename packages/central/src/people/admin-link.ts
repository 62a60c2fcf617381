import { HubError, LIMITS } from '@viaduct/contracts';
import type { Clock, Randomness } from '@viaduct/hub';
import type { CentralStore } from '../store/central-store.ts';
import { hashSecretToken, newSecretToken } from './secret-token.ts';

export interface AdminLink {
  /** What goes into the link; kept only as a hash, so this is the one time it is seen. */
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/**
 * Makes a one-time link for the first administrator, or for a new password of an existing one. Whoever can do this holds the
 * data folder. Older links stay open until one is used or they expire; only the newest LIMITS.ADMIN_LINKS_MAX are kept.
 */
export async function createAdminLink(store: CentralStore, clock: Clock, random: Randomness): Promise<AdminLink> {
  const token = newSecretToken(random);
  const now = clock.now();
  const expires = now + LIMITS.ADMIN_LINK_SECONDS * 1000;
  await store.tables.transaction().execute(async (tables) => {
    await tables
      .insertInto('admin_link')
      .values({ token_hash: hashSecretToken(token), created_time: now, expires_time: expires })
      .execute();
    const kept = tables
      .selectFrom('admin_link')
      .select('token_hash')
      .where('expires_time', '>', now)
      .orderBy('created_time', 'desc')
      .limit(LIMITS.ADMIN_LINKS_MAX);
    await tables.deleteFrom('admin_link').where('token_hash', 'not in', kept).execute();
  });
  return { token, expiresAt: new Date(expires).toISOString() };
}

/** When an open link ends, ms since 1970. @throws HubError console.linkInvalid */
export async function getAdminLinkExpiry(store: CentralStore, token: string): Promise<number> {
  const link = await store.tables
    .selectFrom('admin_link')
    .select('expires_time')
    .where('token_hash', '=', hashSecretToken(token))
    .where('expires_time', '>', store.clock.now())
    .executeTakeFirst();
  if (link === undefined) throw linkInvalid();
  return link.expires_time;
}

/**
 * Uses a link up, once and for all; every other open link ends with it, for it would be a second door to the same house.
 * Part of the caller's transaction. @throws HubError console.linkInvalid
 */
export async function useAdminLink(tables: CentralStore['tables'], token: string, now: number): Promise<void> {
  const used = await tables
    .deleteFrom('admin_link')
    .where('token_hash', '=', hashSecretToken(token))
    .where('expires_time', '>', now)
    .executeTakeFirst();
  if (used.numDeletedRows !== 1n) throw linkInvalid();
  await tables.deleteFrom('admin_link').execute();
}

function linkInvalid(): HubError {
  return new HubError('console.linkInvalid', 'this link was used already or has expired');
}
