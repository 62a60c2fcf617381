import { HubError } from '@viaduct/contracts';
import { ROLES } from '../access/caller.ts';
import { roleName } from '../access/permissions.ts';
import type { Central } from '../central.ts';
import type { ServeOperation } from './operation.ts';
import { pageOf } from './read-page.ts';

const ROLE_DOCUMENTS = Object.values(ROLES).map((id) => ({ id, displayName: roleName(id) }));

/** The roles, which are built in. */
export function roleOperations(_central: Central, serve: ServeOperation): void {
  serve('Roles_List', 'role.read', async (_caller, request) => pageOf(request, ROLE_DOCUMENTS, ({ id }) => id));
  serve('Roles_Get', 'role.read', async (_caller, { params }) => {
    const role = ROLE_DOCUMENTS.find(({ id }) => id === params.roleId);
    if (role === undefined) throw new HubError('central.notFound', `there is no role ${params.roleId}`);
    return role;
  });
}
