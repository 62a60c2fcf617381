import { type EndpointLoss, LIMITS } from '@viaduct/contracts';
import type { Kysely, Selectable } from 'kysely';
import type { EndpointRecord, JsonObject, RoutingRecord, RoutingStore, RoutingVersion } from '../../core/ports.ts';
import type { SecretBox } from '../secret-box.ts';
import type { GroupWriter } from './group-writer.ts';
import type { EndpointLossTable, EndpointTable, HubSchema } from './schema.ts';

/** Where records go: what was saved last, its endpoints with their configuration sealed, and the tables of before. */
export class RoutingTable implements RoutingStore {
  readonly #reader: Kysely<HubSchema>;
  readonly #writer: GroupWriter;
  readonly #box: SecretBox;

  constructor(reader: Kysely<HubSchema>, writer: GroupWriter, box: SecretBox) {
    this.#reader = reader;
    this.#writer = writer;
    this.#box = box;
  }

  async load(): Promise<RoutingRecord | undefined> {
    const row = await this.#reader.selectFrom('routing').selectAll().executeTakeFirst();
    if (row === undefined) return undefined;
    const endpoints = await this.#reader.selectFrom('endpoint').selectAll().orderBy('position').execute();
    return {
      version: row.version,
      etag: row.etag,
      savedTime: row.saved_time,
      endpoints: endpoints.map((endpoint) => this.#endpointOf(endpoint)),
      routes: JSON.parse(row.routes) as RoutingRecord['routes'],
      enrichments: JSON.parse(row.enrichments) as RoutingRecord['enrichments'],
      fallbackRoute: JSON.parse(row.fallback_route) as RoutingRecord['fallbackRoute'],
    };
  }

  async versions(): Promise<readonly RoutingVersion[]> {
    const rows = await this.#reader.selectFrom('routing_version').selectAll().orderBy('version').execute();
    return rows.map(({ version, applies_from, content }) => ({
      version,
      appliesFrom: JSON.parse(applies_from) as number[],
      ...(JSON.parse(content) as Omit<RoutingVersion, 'version' | 'appliesFrom'>),
    }));
  }

  async save(record: RoutingRecord, begins: RoutingVersion | undefined, expectedVersion: number): Promise<boolean> {
    const routing = {
      id: 1,
      version: record.version,
      etag: record.etag,
      saved_time: record.savedTime,
      routes: JSON.stringify(record.routes),
      enrichments: JSON.stringify(record.enrichments),
      fallback_route: JSON.stringify(record.fallbackRoute),
    };
    const endpoints = record.endpoints.map((endpoint, position) => this.#rowOf(endpoint, position));
    return this.#writer.write(async (db) => {
      const now = await db.selectFrom('routing').select('version').executeTakeFirst();
      if ((now?.version ?? 0) !== expectedVersion) return false;
      await db
        .insertInto('routing')
        .values(routing)
        .onConflict((conflict) => conflict.column('id').doUpdateSet(routing))
        .execute();
      await db.deleteFrom('endpoint').execute();
      if (endpoints.length > 0) await db.insertInto('endpoint').values(endpoints).execute();
      await forgetLossesOfOthers(
        db,
        record.endpoints.map(({ id }) => id),
      );
      if (begins !== undefined) await db.insertInto('routing_version').values(versionRow(begins)).execute();
      return true;
    });
  }

  async forgetVersionsBefore(version: number): Promise<void> {
    await this.#writer.write((db) => db.deleteFrom('routing_version').where('version', '<', version).execute());
  }

  async losses(endpointId: string): Promise<readonly EndpointLoss[]> {
    const rows = await this.#reader
      .selectFrom('endpoint_loss')
      .selectAll()
      .where('endpoint_id', '=', endpointId)
      .orderBy('id', 'desc')
      .limit(LIMITS.ENDPOINT_LOSSES_MAX)
      .execute();
    return rows.map(lossOf);
  }

  async saveLoss(endpointId: string, loss: EndpointLoss): Promise<void> {
    await this.#writer.write(async (db) => {
      await db.insertInto('endpoint_loss').values(lossRow(endpointId, loss)).execute();
      const oldest = await db
        .selectFrom('endpoint_loss')
        .select('id')
        .where('endpoint_id', '=', endpointId)
        .orderBy('id', 'desc')
        .offset(LIMITS.ENDPOINT_LOSSES_MAX)
        .limit(1)
        .executeTakeFirst();
      if (oldest === undefined) return;
      await db.deleteFrom('endpoint_loss').where('endpoint_id', '=', endpointId).where('id', '<=', oldest.id).execute();
    });
  }

  #rowOf({ id, name, kind, configuration, isPaused, createdTime }: EndpointRecord, position: number) {
    return {
      ...{ id, position, name, kind },
      configuration: this.#box.seal(JSON.stringify(configuration), `endpoint ${id}`),
      is_paused: isPaused ? 1 : 0,
      created_time: createdTime,
    };
  }

  #endpointOf(row: Selectable<EndpointTable>): EndpointRecord {
    return {
      id: row.id,
      name: row.name,
      kind: row.kind,
      configuration: JSON.parse(this.#box.open(row.configuration, `endpoint ${row.id}`)) as JsonObject,
      isPaused: row.is_paused === 1,
      createdTime: row.created_time,
    };
  }
}

async function forgetLossesOfOthers(db: Kysely<HubSchema>, endpointIds: readonly string[]): Promise<void> {
  const lost = db.deleteFrom('endpoint_loss');
  await (endpointIds.length === 0 ? lost : lost.where('endpoint_id', 'not in', endpointIds)).execute();
}

function versionRow({ version, appliesFrom, routes, enrichments, fallbackRoute, endpointIds }: RoutingVersion) {
  return {
    version,
    applies_from: JSON.stringify(appliesFrom),
    content: JSON.stringify({ routes, enrichments, fallbackRoute, endpointIds }),
  };
}

function lossRow(endpointId: string, loss: EndpointLoss) {
  return {
    endpoint_id: endpointId,
    kind: loss.kind,
    count: loss.count,
    partition: loss.partition,
    from_offset: loss.fromOffset,
    to_offset: loss.toOffset,
    from_time: loss.fromTime,
    to_time: loss.toTime,
    device_id: loss.deviceId,
    message: loss.message,
    time: loss.time,
  };
}

function lossOf(row: Selectable<EndpointLossTable>): EndpointLoss {
  return {
    kind: row.kind,
    count: row.count,
    partition: row.partition,
    fromOffset: row.from_offset,
    toOffset: row.to_offset,
    fromTime: row.from_time,
    toTime: row.to_time,
    deviceId: row.device_id,
    message: row.message,
    time: row.time,
  };
}
