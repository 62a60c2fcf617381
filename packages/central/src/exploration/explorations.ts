import { type Exploration, type ExplorationView, HubError, LIMITS, type NewExploration } from '@viaduct/contracts';
import { newGuid, type Randomness } from '@viaduct/hub';
import type { Selectable } from 'kysely';
import type { CentralSchema } from '../store/central-schema.ts';
import type { CentralStore } from '../store/central-store.ts';

type Row = Selectable<CentralSchema['exploration']>;

/** What this person may see, in order of name. */
export async function listExplorations(store: CentralStore, userName: string): Promise<readonly Exploration[]> {
  const rows = await visible(store, userName).orderBy('name').orderBy('id').execute();
  return rows.map(explorationOf);
}

/** @throws HubError central.notFound: there is none, or it is somebody else's */
export async function getExploration(store: CentralStore, userName: string, id: string): Promise<Exploration> {
  const row = await visible(store, userName).where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound(id);
  return explorationOf(row);
}

/** @throws HubError central.limitReached, argument.invalid */
export async function saveExploration(
  store: CentralStore,
  random: Randomness,
  owner: string,
  wanted: NewExploration,
): Promise<Exploration> {
  const { count } = await store.tables
    .selectFrom('exploration')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  if (count >= LIMITS.EXPLORATIONS_MAX) {
    throw new HubError('central.limitReached', `${count} explorations are saved; there is room for no more`);
  }
  const values = { ...columnsOf(store, wanted), owner, id: newGuid({ random }) };
  return explorationOf(
    await store.tables.insertInto('exploration').values(values).returningAll().executeTakeFirstOrThrow(),
  );
}

/** Whoever sees an exploration may change it. @throws HubError central.notFound, argument.invalid */
export async function changeExploration(
  store: CentralStore,
  userName: string,
  id: string,
  wanted: NewExploration,
): Promise<Exploration> {
  await getExploration(store, userName, id);
  const row = await store.tables
    .updateTable('exploration')
    .set(columnsOf(store, wanted))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw notFound(id);
  return explorationOf(row);
}

/** @throws HubError central.notFound */
export async function removeExploration(store: CentralStore, userName: string, id: string): Promise<void> {
  await getExploration(store, userName, id);
  await store.tables.deleteFrom('exploration').where('id', '=', id).execute();
}

/** Everybody's: for who asks what depends on a template. */
export async function everyExploration(store: CentralStore): Promise<readonly Exploration[]> {
  return (await store.tables.selectFrom('exploration').selectAll().execute()).map(explorationOf);
}

function visible({ tables }: CentralStore, userName: string) {
  return tables
    .selectFrom('exploration')
    .selectAll()
    .where((row) => row.or([row('is_shared', '=', 1), row('owner', '=', userName)]));
}

function columnsOf({ clock }: CentralStore, { name, isShared, view }: NewExploration) {
  const trimmed = name.normalize('NFC').trim();
  if (trimmed === '') throw new HubError('argument.invalid', 'an exploration needs a name');
  return {
    name: trimmed,
    view: JSON.stringify(view),
    is_shared: isShared ? (1 as const) : (0 as const),
    updated_time: clock.now(),
  };
}

function explorationOf({ id, name, view, owner, is_shared, updated_time }: Row): Exploration {
  return {
    ...{ id, name, owner, isShared: is_shared === 1, updatedAt: new Date(updated_time).toISOString() },
    view: JSON.parse(view) as ExplorationView,
  };
}

function notFound(id: string): HubError {
  return new HubError('central.notFound', `there is no exploration ${id}, or it is somebody else's`);
}
