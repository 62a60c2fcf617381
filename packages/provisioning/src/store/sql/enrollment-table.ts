import { type GroupWriter, KnownRows, type SecretBox } from '@viaduct/hub';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Attestation, EnrollmentKind, EnrollmentRecord, EnrollmentStore } from '../../core/ports.ts';
import type { EnrollmentColumns, ProvisioningSchema } from './schema.ts';

/**
 * Individual enrolments and groups, their secrets sealed and bound to their place.
 *
 * Groups stay in memory: they are asked for with each device that has no enrolment of its own. Numbers are counted once and kept: an
 * import asks for one with each of a million.
 */
export class EnrollmentTable implements EnrollmentStore {
  readonly #reader: Kysely<ProvisioningSchema>;
  readonly #writer: GroupWriter<ProvisioningSchema>;
  readonly #box: SecretBox;
  readonly #groups = new KnownRows(() => this.#readGroups());
  readonly #counts: Record<EnrollmentKind, number>;

  private constructor(
    reader: Kysely<ProvisioningSchema>,
    writer: GroupWriter<ProvisioningSchema>,
    box: SecretBox,
    counts: Record<EnrollmentKind, number>,
  ) {
    this.#reader = reader;
    this.#writer = writer;
    this.#box = box;
    this.#counts = counts;
  }

  static async open(
    reader: Kysely<ProvisioningSchema>,
    writer: GroupWriter<ProvisioningSchema>,
    box: SecretBox,
  ): Promise<EnrollmentTable> {
    const counted = await reader
      .selectFrom('enrollment')
      .select(['kind', sql<number>`count(*)`.as('count')])
      .groupBy('kind')
      .execute();
    const counts = { individual: 0, group: 0, ...Object.fromEntries(counted.map(({ kind, count }) => [kind, count])) };
    return new EnrollmentTable(reader, writer, box, counts);
  }

  async find(kind: EnrollmentKind, id: string): Promise<EnrollmentRecord | undefined> {
    const row = await this.#reader
      .selectFrom('enrollment')
      .selectAll()
      .where('kind', '=', kind)
      .where('id', '=', id)
      .executeTakeFirst();
    return row && this.#recordOf(row);
  }

  insert(record: EnrollmentRecord): Promise<boolean> {
    return this.#change(record.kind, 1, async (db) => {
      const { numInsertedOrUpdatedRows = 0n } = await db
        .insertInto('enrollment')
        .values(this.#rowOf(record))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows > 0n;
    });
  }

  replace(record: EnrollmentRecord, expectedEtag: string): Promise<boolean> {
    return this.#change(record.kind, 0, async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('enrollment')
        .set(this.#rowOf(record))
        .where('kind', '=', record.kind)
        .where('id', '=', record.id)
        .where('etag', '=', expectedEtag)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }

  remove(kind: EnrollmentKind, id: string, expectedEtag: string | undefined): Promise<boolean> {
    return this.#change(kind, -1, async (db) => {
      const named = db.deleteFrom('enrollment').where('kind', '=', kind).where('id', '=', id);
      const asked = expectedEtag === undefined ? named : named.where('etag', '=', expectedEtag);
      const { numDeletedRows } = await asked.executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  async list({ kind, after, limit }: Parameters<EnrollmentStore['list']>[0]): Promise<readonly EnrollmentRecord[]> {
    const all = this.#reader.selectFrom('enrollment').selectAll().where('kind', '=', kind).orderBy('id').limit(limit);
    const rows = await (after === undefined ? all : all.where('id', '>', after)).execute();
    return rows.map((row) => this.#recordOf(row));
  }

  async count(kind: EnrollmentKind): Promise<number> {
    return this.#counts[kind];
  }

  groups(): Promise<readonly EnrollmentRecord[]> {
    return this.#groups.list();
  }

  async #readGroups(): Promise<readonly EnrollmentRecord[]> {
    const rows = await this.#reader
      .selectFrom('enrollment')
      .selectAll()
      .where('kind', '=', 'group')
      .orderBy('id')
      .execute();
    return rows.map((row) => this.#recordOf(row));
  }

  async #change(
    kind: EnrollmentKind,
    difference: number,
    task: (db: Kysely<ProvisioningSchema>) => Promise<boolean>,
  ): Promise<boolean> {
    try {
      const isDone = await this.#writer.write(task);
      if (isDone) this.#counts[kind] += difference;
      return isDone;
    } finally {
      if (kind === 'group') this.#groups.forget();
    }
  }

  #rowOf(record: EnrollmentRecord): EnrollmentColumns {
    const { kind, id, status, createdTime, updatedTime, etag, attestation, customAllocation, ...rest } = record;
    const { keys, open } = splitKeys(attestation);
    const document: StoredDocument = {
      ...rest,
      attestation: open,
      customApiVersion: customAllocation?.apiVersion ?? null,
    };
    const secrets: StoredSecrets = { ...keys, webhookUrl: customAllocation?.webhookUrl ?? null };
    return {
      ...{ kind, id, status, etag },
      document: JSON.stringify(document),
      secrets: this.#box.seal(JSON.stringify(secrets), placeOf(kind, id)),
      created_time: createdTime,
      updated_time: updatedTime,
    };
  }

  #recordOf(row: Selectable<EnrollmentColumns>): EnrollmentRecord {
    const { attestation, customApiVersion, ...rest } = JSON.parse(row.document) as StoredDocument;
    const secrets = JSON.parse(this.#box.open(row.secrets, placeOf(row.kind, row.id))) as StoredSecrets;
    const { webhookUrl, ...keys } = secrets;
    return {
      ...rest,
      ...{
        kind: row.kind as EnrollmentKind,
        id: row.id,
        status: row.status as EnrollmentRecord['status'],
        etag: row.etag,
      },
      // The two were one when they were taken apart.
      attestation: { ...attestation, ...keys } as Attestation,
      customAllocation: webhookUrl === null ? null : { webhookUrl, apiVersion: customApiVersion ?? '' },
      createdTime: row.created_time,
      updatedTime: row.updated_time,
    };
  }
}

interface StoredDocument
  extends Omit<
    EnrollmentRecord,
    'kind' | 'id' | 'status' | 'createdTime' | 'updatedTime' | 'etag' | 'attestation' | 'customAllocation'
  > {
  readonly attestation: { readonly kind: Attestation['kind'] };
  readonly customApiVersion: string | null;
}

interface StoredSecrets {
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
  readonly webhookUrl: string | null;
}

function splitKeys(attestation: Attestation) {
  if (attestation.kind !== 'symmetricKey') return { keys: {}, open: attestation };
  const { primaryKey, secondaryKey, ...open } = attestation;
  return { keys: { primaryKey, secondaryKey }, open };
}

function placeOf(kind: string, id: string): string {
  return `enrollment ${kind} ${id.toLowerCase()}`;
}
