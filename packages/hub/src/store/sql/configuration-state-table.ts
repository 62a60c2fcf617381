import { type DeviceIdentity, identityKey } from '@viaduct/contracts';
import { type Kysely, type Selectable, sql } from 'kysely';
import type {
  ConfigurationCounts,
  ConfigurationDevicesPage,
  ConfigurationRecord,
  ConfigurationState,
  ConfigurationStateStore,
  ConfigurationStatus,
  DesiredPath,
} from '../../core/ports.ts';
import type { GroupWriter } from './group-writer.ts';
import { identityColumns, identityOf } from './identity-columns.ts';
import type { ConfigurationDeviceTable, HubSchema } from './schema.ts';

type StatusRow = Selectable<ConfigurationDeviceTable>;

/**
 * Which configurations target whom, how they fare there, and what they have set. An Edge deployment has a row for the device that
 * it targets and, so that queries on modules find it, one for `$edgeAgent`; lists and counts are of devices.
 */
export class ConfigurationStateTable implements ConfigurationStateStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  async of(identities: readonly DeviceIdentity[]): Promise<readonly ConfigurationState[]> {
    const [statuses, owned] = await Promise.all([
      this.#reader
        .selectFrom('configuration_device')
        .selectAll()
        .where(among(identities))
        .orderBy('configuration_id')
        .execute(),
      this.#reader.selectFrom('configuration_owned').selectAll().where(among(identities)).execute(),
    ]);
    const statusesOf = groupedStatuses(statuses);
    const ownedOf = new Map(owned.map((row) => [identityKey(identityOf(row)), row]));
    return identities.map((identity) => {
      const key = identityKey(identity);
      const row = ownedOf.get(key);
      return {
        ...bare(identity),
        statuses: statusesOf.get(key) ?? [],
        owned: pathsIn(row?.paths),
        ownedByEdge: pathsIn(row?.by_edge),
      };
    });
  }

  async ownedModules(deviceId: string): Promise<readonly DeviceIdentity[]> {
    const rows = await this.#reader
      .selectFrom('configuration_owned')
      .select(['device_id', 'module_id'])
      .where('device_id', '=', deviceId)
      .where('module_id', '<>', '')
      .where('by_edge', '<>', '[]')
      .execute();
    return rows.map(identityOf);
  }

  async save(states: readonly ConfigurationState[]): Promise<void> {
    if (states.length === 0) return;
    await this.#writer.write(async (db) => {
      const found = await db.selectFrom('identity').select(['device_id', 'module_id']).where(among(states)).execute();
      const existing = new Set(found.map((row) => identityKey(identityOf(row))));
      await replaceStates(db, states, existing);
    });
  }

  async listDevices(
    { id, kind }: Pick<ConfigurationRecord, 'id' | 'kind'>,
    { after, limit, status }: ConfigurationDevicesPage,
  ): Promise<readonly (DeviceIdentity & ConfigurationStatus)[]> {
    const { device_id, module_id } = identityColumns(after ?? { deviceId: '' });
    const rows = await this.#reader
      .selectFrom('configuration_device')
      .selectAll()
      .where('configuration_id', '=', id)
      .where('module_id', kind === 'module' ? '<>' : '=', '')
      .where(sql<boolean>`(device_id, module_id) > (${device_id}, ${module_id})`)
      .$if(status === 'Failed', (query) => query.where('reason', 'is not', null))
      .$if(status === 'Targeted' || status === 'Applied', (query) => query.where('status', '=', status as 'Applied'))
      .orderBy('device_id')
      .orderBy('module_id')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ ...identityOf(row), ...statusOf(row) }));
  }

  async counts(id?: string): Promise<ReadonlyMap<string, ConfigurationCounts>> {
    const rows = await this.#reader
      .selectFrom('configuration_device as of')
      .innerJoin('configuration', 'configuration.id', 'of.configuration_id')
      .select((eb) => [
        'of.configuration_id',
        eb.fn.countAll<number>().as('targeted'),
        sql<number>`sum(of.status = 'Applied')`.as('applied'),
        sql<number>`sum(of.reason is not null)`.as('failed'),
      ])
      .where(sql<boolean>`(of.module_id <> '') = (configuration.kind = 'module')`)
      .$if(id !== undefined, (query) => query.where('of.configuration_id', '=', id ?? ''))
      .groupBy('of.configuration_id')
      .execute();
    return new Map(
      rows.map(({ configuration_id, targeted, applied, failed }) => [configuration_id, { targeted, applied, failed }]),
    );
  }
}

/** A statement a table, whatever their number: each is one parameter of rows. */
async function replaceStates(
  db: Kysely<HubSchema>,
  states: readonly ConfigurationState[],
  existing: ReadonlySet<string>,
): Promise<void> {
  await db.deleteFrom('configuration_device').where(among(states)).execute();
  await db.deleteFrom('configuration_owned').where(among(states)).execute();
  const kept = states.filter((state) => existing.has(identityKey(state)));
  const statuses = kept.flatMap((state) =>
    state.statuses.map(({ configurationId, status, reason }) => [...pairOf(state), configurationId, status, reason]),
  );
  const owned = kept
    .filter((state) => state.owned.length > 0 || state.ownedByEdge.length > 0)
    .map((state) => [...pairOf(state), JSON.stringify(state.owned), JSON.stringify(state.ownedByEdge)]);
  await sql`insert into configuration_device (device_id, module_id, configuration_id, status, reason)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(${JSON.stringify(statuses)})`.execute(
    db,
  );
  await sql`insert into configuration_owned (device_id, module_id, paths, by_edge)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each(${JSON.stringify(owned)})`.execute(db);
}

/** As one parameter, so that the statement is the same for any number of them. */
function among(identities: readonly DeviceIdentity[]) {
  const pairs = JSON.stringify(identities.map(pairOf));
  return sql<boolean>`(device_id, module_id) in (select value ->> 0, value ->> 1 from json_each(${pairs}))`;
}

function pairOf({ deviceId, moduleId = '' }: DeviceIdentity): [string, string] {
  return [deviceId, moduleId];
}

function groupedStatuses(rows: readonly StatusRow[]): ReadonlyMap<string, readonly ConfigurationStatus[]> {
  const groups = new Map<string, ConfigurationStatus[]>();
  for (const row of rows) {
    const key = identityKey(identityOf(row));
    groups.set(key, [...(groups.get(key) ?? []), statusOf(row)]);
  }
  return groups;
}

function pathsIn(text: string | undefined): readonly DesiredPath[] {
  return text === undefined ? [] : (JSON.parse(text) as DesiredPath[]);
}

function statusOf(row: StatusRow): ConfigurationStatus {
  return { configurationId: row.configuration_id, status: row.status, reason: row.reason };
}

function bare({ deviceId, moduleId }: DeviceIdentity): DeviceIdentity {
  return moduleId === undefined ? { deviceId } : { deviceId, moduleId };
}
