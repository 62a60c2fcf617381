import { HubError, LIMITS } from '@viaduct/contracts';
import type { CentralStore } from '../store/central-store.ts';

/** A node of the tree that devices belong to. */
export interface Organization {
  readonly id: string;
  readonly displayName: string;
  /** Absent at the root. */
  readonly parent?: string;
}

export interface OrganizationInput {
  readonly displayName?: string;
  readonly parent?: string;
}

/** In order of id. */
export async function listOrganizations({ tables }: CentralStore): Promise<readonly Organization[]> {
  const rows = await tables.selectFrom('organization').selectAll().orderBy('organization_id').execute();
  return rows.map(({ organization_id: id, display_name: displayName, parent }) => ({
    id,
    displayName,
    ...(parent === null ? {} : { parent }),
  }));
}

/** @throws HubError central.notFound */
export async function getOrganization(store: CentralStore, id: string): Promise<Organization> {
  const found = (await listOrganizations(store)).find((organization) => organization.id === id);
  if (found === undefined) throw notFound(id);
  return found;
}

/** Makes one, or changes the one there is. @throws HubError central.bodyInvalid, central.limitReached */
export async function putOrganization(
  store: CentralStore,
  id: string,
  { displayName = id, parent }: OrganizationInput,
): Promise<Organization> {
  return store.tables.transaction().execute(async (tables) => {
    const all = await listOrganizations({ ...store, tables });
    if (all.length >= LIMITS.ORGANIZATIONS_MAX && !all.some((one) => one.id === id)) {
      throw new HubError('central.limitReached', `there are ${all.length} organizations; there is room for no more`);
    }
    const after = { id, displayName, ...(parent === undefined || parent === '' ? {} : { parent }) };
    requireTree([...all.filter((one) => one.id !== id), after]);
    const columns = { display_name: displayName, parent: after.parent ?? null };
    await tables
      .insertInto('organization')
      .values({ organization_id: id, ...columns })
      .onConflict((conflict) => conflict.column('organization_id').doUpdateSet(columns))
      .execute();
    return after;
  });
}

/** @throws HubError central.notFound, central.exists: others are below it */
export async function removeOrganization(store: CentralStore, id: string): Promise<void> {
  await store.tables.transaction().execute(async (tables) => {
    const all = await listOrganizations({ ...store, tables });
    if (!all.some((one) => one.id === id)) throw notFound(id);
    const below = all.filter(({ parent }) => parent === id).map((one) => one.id);
    if (below.length > 0) {
      throw new HubError('central.exists', `below "${id}" are ${below.join(', ')}; move or remove them first`);
    }
    await tables.deleteFrom('organization').where('organization_id', '=', id).execute();
  });
}

/** Every parent is there, nobody is above himself, and no branch is too deep. @throws HubError central.bodyInvalid */
function requireTree(organizations: readonly Organization[]): void {
  const byId = new Map(organizations.map((one) => [one.id, one]));
  for (const start of organizations) {
    let depth = 1;
    for (let at: Organization | undefined = start; at?.parent !== undefined; at = byId.get(at.parent)) {
      if (!byId.has(at.parent)) throw invalid(`there is no organization "${at.parent}" to be the parent`);
      depth += 1;
      if (depth <= LIMITS.ORGANIZATION_DEPTH_MAX) continue;
      throw invalid(`"${start.id}" would be more than ${LIMITS.ORGANIZATION_DEPTH_MAX} levels deep, or above itself`);
    }
  }
}

function invalid(message: string): HubError {
  return new HubError('central.bodyInvalid', message);
}

function notFound(id: string): HubError {
  return new HubError('central.notFound', `there is no organization "${id}"`);
}
