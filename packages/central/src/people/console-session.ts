import { LIMITS } from '@viaduct/contracts';
import type { Randomness } from '@viaduct/hub';
import type { CentralStore } from '../store/central-store.ts';
import { findDiskTrouble } from '../store/disk-trouble.ts';
import { hashSecretToken, newSecretToken } from './secret-token.ts';

/** Use is written down at most this often: a page makes many requests, and each write waits for the disk. */
const USE_NOTED_EVERY_MS = 60_000;
const SESSION_MS = LIMITS.CONSOLE_SESSION_SECONDS * 1000;

/** Who is asking. `sessionKey` names the session without being able to open it. */
export interface SignedIn {
  readonly userName: string;
  readonly sessionKey: string;
  /** Its expiry has just moved, so the browser's cookie should too. */
  readonly renewed: boolean;
}

/** Opens a session and returns its secret: what the cookie carries. The oldest ones of a person beyond the limit end. */
export async function openConsoleSession(
  store: CentralStore,
  random: Randomness,
  person: { readonly userName: string; readonly remoteAddress: string },
): Promise<string> {
  const token = newSecretToken(random);
  const now = store.clock.now();
  await store.tables.transaction().execute(async (tables) => {
    await tables
      .insertInto('console_session')
      .values({
        token_hash: hashSecretToken(token),
        user_name: person.userName,
        created_time: now,
        used_time: now,
        remote_address: person.remoteAddress,
      })
      .execute();
    const kept = tables
      .selectFrom('console_session')
      .select('token_hash')
      .where('user_name', '=', person.userName)
      .where('used_time', '>', now - SESSION_MS)
      .orderBy('used_time', 'desc')
      .orderBy('created_time', 'desc')
      .limit(LIMITS.CONSOLE_SESSIONS_PER_PERSON_MAX);
    await tables
      .deleteFrom('console_session')
      .where('user_name', '=', person.userName)
      .where('token_hash', 'not in', kept)
      .execute();
  });
  return token;
}

/** Who holds this secret, if its session has not ended; counts as use and so puts the end off. */
export async function findSignedIn(store: CentralStore, token: string): Promise<SignedIn | undefined> {
  const tokenHash = hashSecretToken(token);
  const now = store.clock.now();
  const session = await store.tables
    .selectFrom('console_session')
    .select(['user_name', 'used_time'])
    .where('token_hash', '=', tokenHash)
    .where('used_time', '>', now - SESSION_MS)
    .executeTakeFirst();
  if (session === undefined) return undefined;
  const renewed = now - session.used_time >= USE_NOTED_EVERY_MS && (await noteUse(store, tokenHash, now));
  return { userName: session.user_name, sessionKey: tokenHash.toString('base64url'), renewed };
}

/** False when the disk is full: whoever is signed in can still look, and see why. */
async function noteUse(store: CentralStore, tokenHash: Buffer, now: number): Promise<boolean> {
  try {
    await store.tables
      .updateTable('console_session')
      .set({ used_time: now })
      .where('token_hash', '=', tokenHash)
      .execute();
    return true;
  } catch (thrown) {
    if (findDiskTrouble(thrown) === undefined) throw thrown;
    return false;
  }
}

/** Whether a session is still open. Asking is not using. */
export async function isSessionOpen(store: CentralStore, sessionKey: string): Promise<boolean> {
  const session = await store.tables
    .selectFrom('console_session')
    .select('used_time')
    .where('token_hash', '=', Buffer.from(sessionKey, 'base64url'))
    .where('used_time', '>', store.clock.now() - SESSION_MS)
    .executeTakeFirst();
  return session !== undefined;
}

export async function endConsoleSession(store: CentralStore, sessionKey: string): Promise<void> {
  await store.tables
    .deleteFrom('console_session')
    .where('token_hash', '=', Buffer.from(sessionKey, 'base64url'))
    .execute();
}
