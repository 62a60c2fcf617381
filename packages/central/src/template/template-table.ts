import type { JsonObject } from '@viaduct/contracts';
import type { Selectable } from 'kysely';
import type { CentralSchema } from '../store/central-schema.ts';
import type { CentralStore } from '../store/central-store.ts';

/** A template as it is kept. One of the two documents is always there. */
export interface StoredTemplate {
  readonly templateId: string;
  readonly document: JsonObject | null;
  readonly draft: JsonObject | null;
  readonly etag: string;
  readonly createdTime: number;
  readonly updatedTime: number;
}

export async function readTemplates(store: CentralStore): Promise<readonly StoredTemplate[]> {
  const rows = await store.tables.selectFrom('device_template').selectAll().orderBy('created_time').execute();
  return rows.map(storedOf);
}

export async function writeTemplate(store: CentralStore, template: StoredTemplate): Promise<void> {
  const row = rowOf(template);
  await store.tables
    .insertInto('device_template')
    .values(row)
    .onConflict((conflict) => conflict.column('template_id').doUpdateSet(row))
    .execute();
}

export async function deleteTemplate(store: CentralStore, templateId: string): Promise<void> {
  await store.tables.deleteFrom('device_template').where('template_id', '=', templateId).execute();
}

function rowOf(template: StoredTemplate): CentralSchema['device_template'] {
  return {
    template_id: template.templateId,
    document: textOrNull(template.document),
    draft: textOrNull(template.draft),
    etag: template.etag,
    created_time: template.createdTime,
    updated_time: template.updatedTime,
  };
}

function storedOf(row: Selectable<CentralSchema['device_template']>): StoredTemplate {
  return {
    templateId: row.template_id,
    document: objectOrNull(row.document),
    draft: objectOrNull(row.draft),
    etag: row.etag,
    createdTime: row.created_time,
    updatedTime: row.updated_time,
  };
}

function textOrNull(document: JsonObject | null): string | null {
  return document === null ? null : JSON.stringify(document);
}

function objectOrNull(text: string | null): JsonObject | null {
  return text === null ? null : (JSON.parse(text) as JsonObject);
}
