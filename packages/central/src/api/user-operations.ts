import { createHash } from 'node:crypto';
import { HubError } from '@viaduct/contracts';
import { ROLES } from '../access/caller.ts';
import type { Central } from '../central.ts';
import type { CentralStore } from '../store/central-store.ts';
import type { ServeOperation } from './operation.ts';
import { pageOf } from './read-page.ts';

/** The people of the console, as far as Azure's document can say them: all are administrators. */
export function userOperations({ store }: Central, serve: ServeOperation): void {
  serve('Users_List', 'user.read', async (_caller, request) =>
    pageOf(request, await userDocuments(store), ({ id }) => id),
  );
  serve('Users_Get', 'user.read', async (_caller, { params }) => {
    const user = (await userDocuments(store)).find(({ id }) => id === params.userId);
    if (user === undefined) throw new HubError('central.notFound', `there is no user ${params.userId}`);
    return user;
  });
}

async function userDocuments({ tables }: CentralStore) {
  const people = await tables.selectFrom('person').select('user_name').orderBy('user_name').execute();
  return people.map(({ user_name: userName }) => ({
    type: 'email',
    id: userIdOf(userName),
    roles: [{ role: ROLES.administrator }],
    email: userName,
  }));
}

/** A user name may hold what an id may not. */
function userIdOf(userName: string): string {
  if (/^[a-zA-Z0-9_-]{1,48}$/.test(userName)) return userName;
  return createHash('sha256').update(userName.toLowerCase()).digest('hex').slice(0, 32);
}
