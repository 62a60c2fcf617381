import {
  getOrganization,
  listOrganizations,
  type OrganizationInput,
  putOrganization,
  removeOrganization,
} from '../access/organizations.ts';
import type { Central } from '../central.ts';
import { mergePatch } from './merge-patch.ts';
import type { ServeOperation } from './operation.ts';
import { pageOf } from './read-page.ts';
import { requireValid } from './validate.ts';

/** The tree that devices belong to. It keeps nobody out: whoever may see devices sees those of all organizations. */
export function organizationOperations({ store }: Central, serve: ServeOperation): void {
  serve('Organizations_List', 'organization.read', async (_caller, request) =>
    pageOf(request, await listOrganizations(store), ({ id }) => id),
  );
  serve('Organizations_Get', 'organization.read', (_caller, { params }) =>
    getOrganization(store, params.organizationId ?? ''),
  );
  serve('Organizations_Create', 'organization.write', (_caller, { params, body }) =>
    putOrganization(store, params.organizationId ?? '', body as OrganizationInput),
  );
  serve('Organizations_Update', 'organization.write', async (_caller, { params, body }) => {
    const before = await getOrganization(store, params.organizationId ?? '');
    const merged = mergePatch(before, body) as OrganizationInput;
    requireValid('Organization', merged);
    return putOrganization(store, before.id, merged);
  });
  serve('Organizations_Remove', 'organization.write', (_caller, { params }) =>
    removeOrganization(store, params.organizationId ?? ''),
  );
}
