import type { CentralStore } from './central-store.ts';

/** What there is one of in an application, by name; JSON. */
export async function findSetting<T>({ tables }: CentralStore, name: string): Promise<T | undefined> {
  const row = await tables.selectFrom('setting').select('value').where('name', '=', name).executeTakeFirst();
  return row === undefined ? undefined : (JSON.parse(row.value) as T);
}

/** Resolves with what is kept: the given value, or the one that was there before. */
export async function insertSettingIfMissing<T>(store: CentralStore, name: string, value: T): Promise<T> {
  const row = { name, value: JSON.stringify(value) };
  await store.tables
    .insertInto('setting')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return (await findSetting<T>(store, name)) ?? value;
}

export async function saveSetting(store: CentralStore, name: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value);
  await store.tables
    .insertInto('setting')
    .values({ name, value: text })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: text }))
    .execute();
}

export async function removeSetting({ tables }: CentralStore, name: string): Promise<void> {
  await tables.deleteFrom('setting').where('name', '=', name).execute();
}
