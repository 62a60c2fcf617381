import { HubError, LIMITS, type SetUp, type SetUpState } from '@viaduct/contracts';
import type { CentralStore } from '../store/central-store.ts';
import { getAdminLinkExpiry, useAdminLink } from './admin-link.ts';
import { type PasswordHasher, requireGoodPassword } from './password.ts';

const USER_NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M} ._@+-]*[\p{L}\p{N}\p{M}])?$/u;

export async function hasAdministrator(store: CentralStore): Promise<boolean> {
  return (await userNames(store.tables)).length > 0;
}

/** What an open link offers. @throws HubError console.linkInvalid */
export async function getSetUpState(store: CentralStore, token: string): Promise<SetUpState> {
  const expires = await getAdminLinkExpiry(store, token);
  const kind = (await hasAdministrator(store)) ? 'newPassword' : 'firstAdministrator';
  return { kind, expiresAt: new Date(expires).toISOString() };
}

/**
 * Makes the first administrator, or gives an existing one a new password, which ends all their sessions. A refused attempt
 * (a short password, an unknown name) leaves the link open. Answers with the user name as it is kept.
 *
 * @throws HubError console.linkInvalid, argument.invalid
 */
export async function setUpPerson(store: CentralStore, passwords: PasswordHasher, wanted: SetUp): Promise<string> {
  await getAdminLinkExpiry(store, wanted.token);
  const userName = requireUserName(wanted.userName);
  requireGoodPassword(wanted.password, userName);
  const passwordHash = await passwords.hash(wanted.password);
  return store.tables.transaction().execute(async (tables) => {
    const now = store.clock.now();
    await useAdminLink(tables, wanted.token, now);
    const known = await userNames(tables);
    if (known.length === 0) {
      await tables
        .insertInto('person')
        .values({ user_name: userName, password_hash: passwordHash, created_time: now, password_changed_time: now })
        .execute();
      return userName;
    }
    return replacePassword(tables, known, { userName, passwordHash, now });
  });
}

async function replacePassword(
  tables: CentralStore['tables'],
  known: readonly string[],
  change: { readonly userName: string; readonly passwordHash: string; readonly now: number },
): Promise<string> {
  const person = await tables
    .updateTable('person')
    .set({ password_hash: change.passwordHash, password_changed_time: change.now })
    .where('user_name', '=', change.userName)
    .returning('user_name')
    .executeTakeFirst();
  if (person === undefined) {
    // Whoever holds a link holds the data folder: the names are no secret here.
    throw new HubError('argument.invalid', `"${change.userName}" is not an administrator here; ${known.join(', ')} is`);
  }
  await tables.deleteFrom('console_session').where('user_name', '=', person.user_name).execute();
  return person.user_name;
}

async function userNames(tables: CentralStore['tables']): Promise<readonly string[]> {
  const people = await tables.selectFrom('person').select('user_name').orderBy('user_name').execute();
  return people.map((person) => person.user_name);
}

function requireUserName(given: string): string {
  const userName = given.normalize('NFC').trim();
  if ([...userName].length > LIMITS.USER_NAME_CHARACTERS_MAX || !USER_NAME.test(userName)) {
    throw new HubError(
      'argument.invalid',
      `a user name has 1 to ${LIMITS.USER_NAME_CHARACTERS_MAX} letters, digits, spaces or . _ @ + -, and begins with a letter or digit`,
    );
  }
  return userName;
}
