import type { DeviceIdentity } from '@viaduct/contracts';
import type { Insertable, Kysely } from 'kysely';
import type { JsonObject, TwinRecord, TwinStore } from '../../core/ports.ts';
import type { GroupWriter } from './group-writer.ts';
import { identityColumns, identityOf } from './identity-columns.ts';
import type { HubSchema, TwinTable as TwinColumns, TwinRow } from './schema.ts';

/** Twins, each section as JSON text. What is inside one only queries ask for: `query/twin-columns.ts`. */
export class TwinTable implements TwinStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  async find(identity: DeviceIdentity): Promise<TwinRecord | undefined> {
    const { device_id, module_id } = identityColumns(identity);
    const row = await this.#reader
      .selectFrom('twin')
      .selectAll()
      .where('device_id', '=', device_id)
      .where('module_id', '=', module_id)
      .executeTakeFirst();
    return row === undefined ? undefined : twinOf(row);
  }

  async save(twin: TwinRecord, expectedRevision: number): Promise<boolean> {
    const { device_id, module_id, ...columns } = twinColumns(twin);
    const { numUpdatedRows } = await this.#writer.write((db) =>
      db
        .updateTable('twin')
        .set(columns)
        .where('device_id', '=', device_id)
        .where('module_id', '=', module_id)
        .where('revision', '=', expectedRevision)
        .executeTakeFirstOrThrow(),
    );
    return numUpdatedRows === 1n;
  }
}

export function twinColumns(twin: TwinRecord): Insertable<TwinColumns> {
  return {
    ...identityColumns(twin),
    version: twin.version,
    etag: twin.etag,
    tags: JSON.stringify(twin.tags),
    desired: JSON.stringify(twin.desired.values),
    desired_metadata: JSON.stringify(twin.desired.metadata),
    desired_version: twin.desired.version,
    reported: JSON.stringify(twin.reported.values),
    reported_metadata: JSON.stringify(twin.reported.metadata),
    reported_version: twin.reported.version,
    revision: twin.revision,
  };
}

/** `row` may have more columns than these. */
export function twinOf(row: TwinRow): TwinRecord {
  return {
    ...identityOf(row),
    version: row.version,
    etag: row.etag,
    tags: jsonObject(row.tags),
    desired: {
      values: jsonObject(row.desired),
      metadata: jsonObject(row.desired_metadata),
      version: row.desired_version,
    },
    reported: {
      values: jsonObject(row.reported),
      metadata: jsonObject(row.reported_metadata),
      version: row.reported_version,
    },
    revision: row.revision,
  };
}

function jsonObject(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}
