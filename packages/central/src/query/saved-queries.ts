import { HubError, LIMITS, type NewSavedQuery, type SavedQuery } from '@viaduct/contracts';
import Database from 'better-sqlite3';
import type { Selectable } from 'kysely';
import type { CentralSchema } from '../store/central-schema.ts';
import type { CentralStore } from '../store/central-store.ts';

type Row = Selectable<CentralSchema['saved_query']>;

/** What this person may see, in order of name. */
export async function listSavedQueries(store: CentralStore, userName: string): Promise<readonly SavedQuery[]> {
  const rows = await store.tables
    .selectFrom('saved_query')
    .selectAll()
    .where((row) => row.or([row('is_shared', '=', 1), row('owner', '=', userName)]))
    .orderBy('name')
    .orderBy('id')
    .execute();
  return rows.map(savedQueryOf);
}

/** Everybody's, for what has to know of all. */
export async function everySavedQuery({ tables }: CentralStore): Promise<readonly SavedQuery[]> {
  return (await tables.selectFrom('saved_query').selectAll().orderBy('id').execute()).map(savedQueryOf);
}

/** @throws HubError console.savedQueryExists, console.savedQueriesTooMany, argument.invalid */
export async function saveQuery(store: CentralStore, owner: string, wanted: NewSavedQuery): Promise<SavedQuery> {
  const { count } = await store.tables
    .selectFrom('saved_query')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  if (count >= LIMITS.SAVED_QUERIES_MAX) {
    throw new HubError('console.savedQueriesTooMany', `${count} queries are saved; there is room for no more`);
  }
  const values = { ...columnsOf(store, wanted), owner };
  const row = await unlessNameTaken(wanted, () =>
    store.tables.insertInto('saved_query').values(values).returningAll().executeTakeFirstOrThrow(),
  );
  return savedQueryOf(row);
}

/** Whoever sees a query may change it. @throws HubError console.savedQueryNotFound, console.savedQueryExists, argument.invalid */
export async function changeSavedQuery(
  store: CentralStore,
  userName: string,
  id: number,
  wanted: NewSavedQuery,
): Promise<SavedQuery> {
  const columns = columnsOf(store, wanted);
  const row = await unlessNameTaken(wanted, () =>
    store.tables
      .updateTable('saved_query')
      .set(columns)
      .where('id', '=', id)
      .where((saved) => saved.or([saved('is_shared', '=', 1), saved('owner', '=', userName)]))
      .returningAll()
      .executeTakeFirst(),
  );
  if (row === undefined) throw notFound(id);
  return savedQueryOf(row);
}

/** @throws HubError console.savedQueryNotFound */
export async function removeSavedQuery(store: CentralStore, userName: string, id: number): Promise<void> {
  const { numDeletedRows } = await store.tables
    .deleteFrom('saved_query')
    .where('id', '=', id)
    .where((saved) => saved.or([saved('is_shared', '=', 1), saved('owner', '=', userName)]))
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw notFound(id);
}

/** The text is kept as it is: one that does not run yet may be worth keeping too. */
function columnsOf({ clock }: CentralStore, { name, query, isShared }: NewSavedQuery) {
  const trimmed = name.normalize('NFC').trim();
  if (trimmed === '') throw new HubError('argument.invalid', 'a saved query needs a name');
  return { name: trimmed, query, is_shared: isShared ? (1 as const) : (0 as const), updated_time: clock.now() };
}

async function unlessNameTaken<T>({ name, isShared }: NewSavedQuery, write: () => Promise<T>): Promise<T> {
  return write().catch((thrown: unknown) => {
    const isTaken = thrown instanceof Database.SqliteError && thrown.code === 'SQLITE_CONSTRAINT_UNIQUE';
    if (!isTaken) throw thrown;
    const whose = isShared ? 'a shared query' : 'a query of yours';
    throw new HubError('console.savedQueryExists', `${whose} is called "${name.trim()}" already`, { cause: thrown });
  });
}

function savedQueryOf({ id, name, query, is_shared, owner, updated_time }: Row): SavedQuery {
  return { id, name, query, isShared: is_shared === 1, owner, updatedAt: new Date(updated_time).toISOString() };
}

function notFound(id: number): HubError {
  return new HubError('console.savedQueryNotFound', `there is no saved query ${id}, or it is somebody else's`);
}
