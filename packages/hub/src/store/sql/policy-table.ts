import type { Kysely, Selectable } from 'kysely';
import type { AccessPolicy, PolicyStore, Right } from '../../core/ports.ts';
import type { SecretBox } from '../secret-box.ts';
import type { GroupWriter } from './group-writer.ts';
import type { PolicyTable as Columns, HubSchema } from './schema.ts';

/** Shared access policies, their keys sealed. */
export class PolicyTable implements PolicyStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;
  readonly #box: SecretBox;

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter, box: SecretBox) {
    this.#reader = reader;
    this.#writer = writer;
    this.#box = box;
  }

  async find(name: string): Promise<AccessPolicy | undefined> {
    const row = await this.#reader.selectFrom('policy').selectAll().where('name', '=', name).executeTakeFirst();
    return row === undefined ? undefined : this.#policyOf(row);
  }

  async list(): Promise<readonly AccessPolicy[]> {
    const rows = await this.#reader.selectFrom('policy').selectAll().orderBy('name').execute();
    return rows.map((row) => this.#policyOf(row));
  }

  async insertMissing(policies: readonly AccessPolicy[]): Promise<void> {
    if (policies.length === 0) return;
    const rows = policies.map(({ name, primaryKey, secondaryKey, rights }) => ({
      name,
      primary_key: this.#box.seal(primaryKey, `policy ${name} primary`),
      secondary_key: this.#box.seal(secondaryKey, `policy ${name} secondary`),
      rights: JSON.stringify([...rights]),
    }));
    await this.#writer.write((db) =>
      db
        .insertInto('policy')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    );
  }

  #policyOf(row: Selectable<Columns>): AccessPolicy {
    return {
      name: row.name,
      primaryKey: this.#box.open(row.primary_key, `policy ${row.name} primary`),
      secondaryKey: this.#box.open(row.secondary_key, `policy ${row.name} secondary`),
      rights: new Set(JSON.parse(row.rights) as Right[]),
    };
  }
}
