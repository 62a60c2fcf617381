import type { DeviceIdentity } from '@viaduct/contracts';
import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type {
  ListDevices,
  Presence,
  RegistryEntry,
  RegistryStore,
  RegistryWrite,
  TwinRecord,
} from '../../core/ports.ts';
import type { SecretBox } from '../secret-box.ts';
import type { GroupWriter } from './group-writer.ts';
import { identityColumns, identityOf } from './identity-columns.ts';
import type { HubSchema, IdentityRow } from './schema.ts';
import { twinColumns, twinOf } from './twin-table.ts';

type JoinedRow = IdentityRow & {
  connected: number | null;
  connection_state_updated_time: number | null;
  last_activity_time: number | null;
};

/** All but the identity's, under names of their own where the identity has the same. */
const TWIN_COLUMNS = [
  'twin.version',
  'twin.etag as twin_etag',
  'twin.tags',
  'twin.desired',
  'twin.desired_metadata',
  'twin.desired_version',
  'twin.reported',
  'twin.reported_metadata',
  'twin.reported_version',
  'twin.revision',
] as const;

const NEVER: Presence = { connected: false, connectionStateUpdatedTime: 0, lastActivityTime: 0 };

/** What else is kept of an identity, and goes with it. */
const OF_IDENTITY = [
  'command',
  'subscription',
  'presence',
  'connection',
  'upload',
  'configuration_device',
  'configuration_owned',
] as const;

/** A connection that has just ended says less of a device than a request that came meanwhile. */
const LATEST_ACTIVITY = sql<number>`max(presence.last_activity_time, excluded.last_activity_time)`;

/** Devices and modules, their keys sealed, and when they were last heard of. */
export class RegistryTable implements RegistryStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;
  readonly #box: SecretBox;
  /** Counting a million rows for every creation would be dear; one process writes, so it can keep count. */
  #deviceCount: number | null = null;
  readonly #listeners = new Set<(write: RegistryWrite) => void>();

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter, box: SecretBox) {
    this.#reader = reader;
    this.#writer = writer;
    this.#box = box;
  }

  async find(identity: DeviceIdentity): Promise<RegistryEntry | undefined> {
    const { device_id, module_id } = identityColumns(identity);
    const row = await this.#reader
      .selectFrom('identity')
      .selectAll()
      .where('device_id', '=', device_id)
      .where('module_id', '=', module_id)
      .executeTakeFirst();
    return row === undefined ? undefined : this.#entryOf(row);
  }

  async insert(entry: RegistryEntry, twin: TwinRecord): Promise<boolean> {
    const columns = identityColumns(entry);
    const isNew = await this.#writer.write(async (db) => {
      if (columns.module_id !== '' && !(await exists(db, columns.device_id))) return false;
      const row = { ...columns, ...this.#columnsOf(entry), model_id: entry.modelId };
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('identity')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows !== 1n) return false;
      await db.insertInto('twin').values(twinColumns(twin)).execute();
      // What was on its way to a namesake while that was deleted is not this one's.
      for (const table of OF_IDENTITY) {
        const { device_id, module_id } = columns;
        await db.deleteFrom(table).where('device_id', '=', device_id).where('module_id', '=', module_id).execute();
      }
      return true;
    });
    if (isNew && entry.moduleId === undefined && this.#deviceCount !== null) this.#deviceCount++;
    if (isNew) this.#tell({ kind: 'saved', entry });
    return isNew;
  }

  async replace(entry: RegistryEntry, expectedEtag: string): Promise<boolean> {
    const { device_id, module_id } = identityColumns(entry);
    const { numUpdatedRows } = await this.#writer.write((db) =>
      db
        .updateTable('identity')
        .set(this.#columnsOf(entry))
        .where('device_id', '=', device_id)
        .where('module_id', '=', module_id)
        .where('etag', '=', expectedEtag)
        .where('generation_id', '=', entry.generationId)
        .executeTakeFirstOrThrow(),
    );
    if (numUpdatedRows !== 1n) return false;
    this.#tell({ kind: 'saved', entry });
    return true;
  }

  onWrite(listener: (write: RegistryWrite) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async saveModel(identity: DeviceIdentity, modelId: string): Promise<void> {
    const { device_id, module_id } = identityColumns(identity);
    await this.#writer.write((db) =>
      db
        .updateTable('identity')
        .set({ model_id: modelId })
        .where('device_id', '=', device_id)
        .where('module_id', '=', module_id)
        .execute(),
    );
  }

  async remove(identity: DeviceIdentity, expectedEtag: string | undefined): Promise<boolean> {
    const { device_id, module_id } = identityColumns(identity);
    const removed = await this.#writer.write(async (db) => {
      const { numDeletedRows } = await db
        .deleteFrom('identity')
        .where('device_id', '=', device_id)
        .where('module_id', '=', module_id)
        .$if(expectedEtag !== undefined, (query) => query.where('etag', '=', expectedEtag ?? ''))
        .executeTakeFirstOrThrow();
      if (numDeletedRows !== 1n) return false;
      for (const table of ['identity', 'twin', ...OF_IDENTITY] as const) {
        const everything = db.deleteFrom(table).where('device_id', '=', device_id);
        await (module_id === '' ? everything : everything.where('module_id', '=', module_id)).execute();
      }
      return true;
    });
    if (removed && module_id === '' && this.#deviceCount !== null) this.#deviceCount--;
    if (removed) this.#tell({ kind: 'removed', identity });
    return removed;
  }

  async list(query: ListDevices): Promise<readonly (RegistryEntry & Presence)[]> {
    const idColumn = query.modulesOf === undefined ? 'identity.device_id' : 'identity.module_id';
    const rows = await this.#reader
      .selectFrom('identity')
      .leftJoin('presence', (join) =>
        join
          .onRef('presence.device_id', '=', 'identity.device_id')
          .onRef('presence.module_id', '=', 'identity.module_id'),
      )
      .selectAll('identity')
      .select(['presence.connected', 'presence.connection_state_updated_time', 'presence.last_activity_time'])
      .where(fits(query))
      .$if(query.after !== undefined, (select) => select.where(idColumn, '>', query.after ?? ''))
      .orderBy(idColumn)
      .limit(query.limit)
      .execute();
    return rows.map((row) => ({ ...this.#entryOf(row), ...presenceOf(row) }));
  }

  async listWithTwins({ after, limit }: Parameters<RegistryStore['listWithTwins']>[0]) {
    const from = after && identityColumns(after);
    const rows = await this.#reader
      .selectFrom('identity')
      .innerJoin('twin', (join) =>
        join.onRef('twin.device_id', '=', 'identity.device_id').onRef('twin.module_id', '=', 'identity.module_id'),
      )
      .selectAll('identity')
      .select([...TWIN_COLUMNS])
      .$if(from !== undefined, (select) =>
        select.where(sql<boolean>`(identity.device_id, identity.module_id) > (${from?.device_id}, ${from?.module_id})`),
      )
      .orderBy('identity.device_id')
      .orderBy('identity.module_id')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ entry: this.#entryOf(row), twin: twinOf({ ...row, etag: row.twin_etag }) }));
  }

  async count(query: Omit<ListDevices, 'after' | 'limit'>): Promise<number> {
    const everything = Object.values(query).every((value) => value === undefined);
    if (everything && this.#deviceCount !== null) return this.#deviceCount;
    const { found } = await this.#reader
      .selectFrom('identity')
      .leftJoin('presence', (join) =>
        join
          .onRef('presence.device_id', '=', 'identity.device_id')
          .onRef('presence.module_id', '=', 'identity.module_id'),
      )
      .select((eb) => eb.fn.countAll<number>().as('found'))
      .where(fits(query))
      .executeTakeFirstOrThrow();
    if (everything) this.#deviceCount = Number(found);
    return Number(found);
  }

  async findPresence(identity: DeviceIdentity): Promise<Presence> {
    const { device_id, module_id } = identityColumns(identity);
    const row = await this.#reader
      .selectFrom('presence')
      .selectAll()
      .where('device_id', '=', device_id)
      .where('module_id', '=', module_id)
      .executeTakeFirst();
    return row === undefined ? NEVER : presenceOf(row);
  }

  async savePresence(changes: readonly (DeviceIdentity & Presence)[]): Promise<void> {
    if (changes.length === 0) return;
    const rows = changes.map((change) => ({
      ...identityColumns(change),
      connected: change.connected ? 1 : 0,
      connection_state_updated_time: change.connectionStateUpdatedTime,
      last_activity_time: change.lastActivityTime,
    }));
    await this.#writer.write((db) =>
      db
        .insertInto('presence')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['device_id', 'module_id']).doUpdateSet((eb) => ({
            connected: eb.ref('excluded.connected'),
            connection_state_updated_time: eb.ref('excluded.connection_state_updated_time'),
            last_activity_time: LATEST_ACTIVITY,
          })),
        )
        .execute(),
    );
  }

  async saveActivity(changes: readonly (DeviceIdentity & Pick<Presence, 'lastActivityTime'>)[]): Promise<void> {
    if (changes.length === 0) return;
    const rows = changes.map((change) => ({
      ...identityColumns(change),
      connected: 0,
      connection_state_updated_time: 0,
      last_activity_time: change.lastActivityTime,
    }));
    await this.#writer.write((db) =>
      db
        .insertInto('presence')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['device_id', 'module_id']).doUpdateSet({ last_activity_time: LATEST_ACTIVITY }),
        )
        .execute(),
    );
  }

  async listConnected(): Promise<readonly (DeviceIdentity & Presence)[]> {
    const rows = await this.#reader.selectFrom('presence').selectAll().where('connected', '=', 1).execute();
    return rows.map((row) => ({ ...identityOf(row), ...presenceOf(row) }));
  }

  async disconnectAll(time: number): Promise<void> {
    await this.#writer.write((db) =>
      db
        .updateTable('presence')
        // Nobody left before they came, whatever the clock says.
        .set({ connected: 0, connection_state_updated_time: sql`max(connection_state_updated_time, ${time})` })
        .where('connected', '=', 1)
        .execute(),
    );
  }

  #columnsOf(entry: RegistryEntry) {
    const { type, symmetricKey, x509Thumbprint } = entry.authentication;
    return {
      generation_id: entry.generationId,
      etag: entry.etag,
      status: entry.status,
      status_reason: entry.statusReason,
      status_updated_time: entry.statusUpdatedTime,
      created_time: entry.createdTime,
      authentication_type: type,
      primary_key: this.#sealed(symmetricKey.primaryKey, entry, 'primary'),
      secondary_key: this.#sealed(symmetricKey.secondaryKey, entry, 'secondary'),
      primary_thumbprint: x509Thumbprint.primaryThumbprint,
      secondary_thumbprint: x509Thumbprint.secondaryThumbprint,
      iot_edge: entry.capabilities.iotEdge ? 1 : 0,
      device_scope: entry.deviceScope,
      parent_scopes: JSON.stringify(entry.parentScopes),
    };
  }

  #tell(write: RegistryWrite): void {
    for (const listener of this.#listeners) listener(write);
  }

  #entryOf(row: IdentityRow): RegistryEntry {
    const identity = identityOf(row);
    return {
      ...identity,
      generationId: row.generation_id,
      etag: row.etag,
      status: row.status,
      statusReason: row.status_reason,
      statusUpdatedTime: row.status_updated_time,
      createdTime: row.created_time,
      authentication: {
        type: row.authentication_type,
        symmetricKey: {
          primaryKey: this.#opened(row.primary_key, identity, 'primary'),
          secondaryKey: this.#opened(row.secondary_key, identity, 'secondary'),
        },
        x509Thumbprint: {
          primaryThumbprint: row.primary_thumbprint,
          secondaryThumbprint: row.secondary_thumbprint,
        },
      },
      capabilities: { iotEdge: row.iot_edge === 1 },
      deviceScope: row.device_scope,
      parentScopes: JSON.parse(row.parent_scopes) as string[],
      modelId: row.model_id,
    };
  }

  #sealed(key: string | null, identity: DeviceIdentity, which: string): Buffer | null {
    return key === null ? null : this.#box.seal(key, placeOf(identity, which));
  }

  #opened(sealed: Buffer | null, identity: DeviceIdentity, which: string): string | null {
    return sealed === null ? null : this.#box.open(sealed, placeOf(identity, which));
  }
}

async function exists(db: Kysely<HubSchema>, deviceId: string): Promise<boolean> {
  const found = await db
    .selectFrom('identity')
    .select('device_id')
    .where('device_id', '=', deviceId)
    .where('module_id', '=', '')
    .executeTakeFirst();
  return found !== undefined;
}

function placeOf({ deviceId, moduleId = '' }: DeviceIdentity, which: string): string {
  return `identity ${deviceId}/${moduleId} ${which}`;
}

function presenceOf(
  row: Pick<JoinedRow, 'connected' | 'connection_state_updated_time' | 'last_activity_time'>,
): Presence {
  return {
    connected: row.connected === 1,
    connectionStateUpdatedTime: row.connection_state_updated_time ?? 0,
    lastActivityTime: row.last_activity_time ?? 0,
  };
}

/** Which rows a list or a count means: devices, or the modules of one device, narrowed by what the caller gave. */
function fits({ search, status, connected, modulesOf, inScope }: Omit<ListDevices, 'after' | 'limit'>) {
  return (eb: ExpressionBuilder<HubSchema, 'identity' | 'presence'>) => {
    const ofDevice = modulesOf !== undefined;
    const idColumn = ofDevice ? 'identity.module_id' : 'identity.device_id';
    const conditions = ofDevice
      ? [eb('identity.device_id', '=', modulesOf), eb('identity.module_id', '<>', '')]
      : [eb('identity.module_id', '=', '')];
    if (search)
      conditions.push(sql<boolean>`lower(${sql.ref(idColumn)}) like ${containing(search)} escape '\\'` as never);
    if (inScope !== undefined)
      // An Edge device has a scope of its own, and at most one parent.
      conditions.push(
        eb.or([
          eb.and([eb('identity.device_scope', '=', inScope), eb('identity.iot_edge', '=', 0)]),
          eb('identity.parent_scopes', '=', JSON.stringify([inScope])),
        ]) as never,
      );
    if (status !== undefined) conditions.push(eb('identity.status', '=', status));
    if (connected !== undefined)
      conditions.push(eb(eb.fn.coalesce('presence.connected', eb.lit(0)), '=', connected ? 1 : 0) as never);
    return eb.and(conditions);
  };
}

function containing(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
}
