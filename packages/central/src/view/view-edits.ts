import { HubError, LIMITS, type ViewEdits, type ViewEditsPatch, type ViewScope } from '@viaduct/contracts';
import { sql } from 'kysely';
import type { CentralStore } from '../store/central-store.ts';

/** Whose page it is. */
export interface ViewOwner {
  readonly scope: ViewScope;
  readonly id: string;
}

const NONE: ViewEdits = { fields: {} };

export async function readViewEdits({ tables }: CentralStore, { scope, id }: ViewOwner): Promise<ViewEdits> {
  const row = await tables
    .selectFrom('view_edits')
    .select('edits')
    .where('scope', '=', scope)
    .where('owner_id', '=', id)
    .executeTakeFirst();
  return row === undefined ? NONE : (JSON.parse(row.edits) as ViewEdits);
}

/** What was changed of every page, for what has to know of all. */
export async function everyViewEdits({ tables }: CentralStore): Promise<readonly (ViewOwner & ViewEdits)[]> {
  const rows = await tables.selectFrom('view_edits').selectAll().execute();
  return rows.map(({ scope, owner_id, edits }) => ({ scope, id: owner_id, ...(JSON.parse(edits) as ViewEdits) }));
}

/**
 * Merges by field and attribute, in one statement: what two people change at once is both there.
 *
 * @throws HubError argument.invalid past LIMITS.VIEW_EDITS_BYTES_MAX; then nothing is changed
 */
export async function patchViewEdits(
  store: CentralStore,
  { scope, id }: ViewOwner,
  patch: ViewEditsPatch,
): Promise<ViewEdits> {
  const text = JSON.stringify(patch);
  const { rows } = await sql<{ edits: string }>`
    INSERT INTO view_edits (scope, owner_id, edits, updated_time)
    SELECT ${scope}, ${id}, json_patch('{"fields":{}}', ${text}), ${store.clock.now()}
    WHERE length(CAST(${text} AS BLOB)) <= ${LIMITS.VIEW_EDITS_BYTES_MAX}
    ON CONFLICT (scope, owner_id) DO UPDATE
      SET edits = json_patch(view_edits.edits, ${text}), updated_time = excluded.updated_time
      WHERE length(CAST(json_patch(view_edits.edits, ${text}) AS BLOB)) <= ${LIMITS.VIEW_EDITS_BYTES_MAX}
    RETURNING edits
  `.execute(store.tables);
  const [row] = rows;
  if (row !== undefined) return JSON.parse(row.edits) as ViewEdits;
  throw new HubError(
    'argument.invalid',
    `what is changed of one page may take ${LIMITS.VIEW_EDITS_BYTES_MAX} bytes; with this it would be more`,
  );
}

export async function removeViewEdits({ tables }: CentralStore, { scope, id }: ViewOwner): Promise<void> {
  await tables.deleteFrom('view_edits').where('scope', '=', scope).where('owner_id', '=', id).execute();
}
