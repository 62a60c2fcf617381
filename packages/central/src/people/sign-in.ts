import { HubError, type SignIn } from '@viaduct/contracts';
import type { CentralStore } from '../store/central-store.ts';
import type { PasswordHasher } from './password.ts';

/**
 * The user name as it is kept, when the password fits. An unknown name and a wrong password sound alike and take alike.
 *
 * @throws HubError console.signInFailed, quota.exceeded (retry)
 */
export async function requireFittingPassword(
  store: CentralStore,
  passwords: PasswordHasher,
  given: SignIn,
): Promise<string> {
  const person = await store.tables
    .selectFrom('person')
    .select(['user_name', 'password_hash'])
    .where('user_name', '=', given.userName.normalize('NFC').trim())
    .executeTakeFirst();
  const fits = await passwords.verify(person?.password_hash, given.password);
  if (person === undefined || !fits) {
    throw new HubError('console.signInFailed', 'the user name or the password is wrong');
  }
  return person.user_name;
}
