import type { Selectable } from 'kysely';
import type { CentralSchema } from '../store/central-schema.ts';
import type { CentralStore } from '../store/central-store.ts';
import type { DeviceGroup } from './device-directory.ts';

/** A group as it is kept: without what its text means. */
export type StoredGroup = Omit<DeviceGroup, 'filter'>;

export async function readGroups({ tables }: CentralStore): Promise<readonly StoredGroup[]> {
  const rows = await tables.selectFrom('device_group').selectAll().execute();
  return rows.map(groupOf);
}

export async function writeGroup({ tables }: CentralStore, group: StoredGroup): Promise<void> {
  const row = rowOf(group);
  await tables
    .insertInto('device_group')
    .values(row)
    .onConflict((conflict) => conflict.column('group_id').doUpdateSet(row))
    .execute();
}

export async function deleteGroup({ tables }: CentralStore, groupId: string): Promise<void> {
  await tables.deleteFrom('device_group').where('group_id', '=', groupId).execute();
}

/** Which group each template was given, whether or not it is still there. */
export async function readDefaultGroups({ tables }: CentralStore): Promise<ReadonlyMap<string, string>> {
  const rows = await tables.selectFrom('default_group').selectAll().execute();
  return new Map(rows.map(({ template_id, group_id }) => [template_id, group_id]));
}

export async function writeDefaultGroup(
  { tables }: CentralStore,
  templateId: string,
  groupId: string | null,
): Promise<void> {
  await tables.deleteFrom('default_group').where('template_id', '=', templateId).execute();
  if (groupId === null) return;
  await tables.insertInto('default_group').values({ template_id: templateId, group_id: groupId }).execute();
}

function rowOf(group: StoredGroup): CentralSchema['device_group'] {
  return {
    group_id: group.groupId,
    display_name: group.displayName,
    description: group.description,
    filter_text: group.filterText,
    organization: group.organizations[0] ?? null,
    is_default: group.isDefault ? 1 : 0,
    etag: group.etag,
    updated_time: group.updatedTime,
  };
}

function groupOf(row: Selectable<CentralSchema['device_group']>): StoredGroup {
  return {
    groupId: row.group_id,
    displayName: row.display_name,
    description: row.description,
    filterText: row.filter_text,
    organizations: row.organization === null ? [] : [row.organization],
    isDefault: row.is_default === 1,
    etag: row.etag,
    updatedTime: row.updated_time,
  };
}
