import { type AuditEntry, type ErrorCode, HubError, LIMITS, type Page } from '@viaduct/contracts';
import type { CentralStore } from '../store/central-store.ts';

/** Who did what to which object, from where; `code` says why when it was refused. */
export type NewAuditEntry = Omit<AuditEntry, 'id' | 'at'>;

/** Writes one line and lets the oldest go. Ids rise by one, so the bound needs no counting. */
export async function writeAudit(store: CentralStore, entry: NewAuditEntry): Promise<void> {
  await store.tables.transaction().execute(async (tables) => {
    const { id } = await tables
      .insertInto('audit')
      .values({
        time: store.clock.now(),
        user_name: entry.userName?.slice(0, LIMITS.AUDIT_TEXT_CHARACTERS_MAX) ?? null,
        action: entry.action,
        object: entry.object?.slice(0, LIMITS.AUDIT_TEXT_CHARACTERS_MAX) ?? null,
        code: entry.code,
        remote_address: entry.remoteAddress,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await tables
      .deleteFrom('audit')
      .where('id', '<=', id - LIMITS.AUDIT_ENTRIES_MAX)
      .execute();
  });
}

/** Newest first. `cursor` is the id before which to go on. @throws HubError argument.invalid */
export async function readAudit(
  store: CentralStore,
  query: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<Page<AuditEntry>> {
  const before = query.cursor === undefined ? Number.MAX_SAFE_INTEGER : requireCursor(query.cursor);
  const rows = await store.tables
    .selectFrom('audit')
    .selectAll()
    .where('id', '<', before)
    .orderBy('id', 'desc')
    .limit(query.limit)
    .execute();
  const { total } = await store.tables
    .selectFrom('audit')
    .select((tables) => tables.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const items = rows.map((row) => ({
    id: row.id,
    at: new Date(row.time).toISOString(),
    userName: row.user_name,
    action: row.action,
    object: row.object,
    code: row.code as ErrorCode | null,
    remoteAddress: row.remote_address,
  }));
  const last = items.at(-1);
  return { items, total, ...(items.length < query.limit || last === undefined ? {} : { cursor: String(last.id) }) };
}

function requireCursor(cursor: string): number {
  if (!/^[0-9]{1,15}$/.test(cursor)) throw new HubError('argument.invalid', 'the cursor is not one we gave');
  return Number(cursor);
}
