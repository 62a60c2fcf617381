import { HubError, LIMITS } from '@viaduct/contracts';
import { type Hub, type OnFault, updateDevice } from '@viaduct/hub';
import Database from 'better-sqlite3';
import type { CentralStore } from '../store/central-store.ts';

/** A device that is behind another. */
export interface Relationship {
  readonly id: string;
  /** The gateway. */
  readonly source: string;
  readonly target: string;
}

export interface RelationshipsOptions {
  readonly store: CentralStore;
  readonly hub: Hub;
  readonly onFault: OnFault;
}

/** As Azure's. */
const RELATIONSHIP_ID = /^[A-Za-z0-9:;._~-]{1,255}$/;

/**
 * Which devices are behind which gateway, as long as both are there. Where the gateway is an Edge device, those behind it are of its scope at the
 * hub too, so that they may connect through it.
 */
export class Relationships {
  readonly #options: RelationshipsOptions;
  readonly #stopListening: () => void;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: RelationshipsOptions) {
    this.#options = options;
    this.#stopListening = options.hub.registry.onWrite((write) => {
      if (write.kind !== 'removed' || write.identity.moduleId !== undefined) return;
      this.#last = this.#forgetDevice(write.identity.deviceId).catch(options.onFault);
    });
  }

  /** Of which the device is either end, in order of id, after one. */
  async list(deviceId: string, page: { readonly limit: number; readonly after?: string | undefined }) {
    const { after = '', limit } = page;
    const rows = await this.#options.store.tables
      .selectFrom('device_relationship')
      .selectAll()
      .where((row) => row.or([row('source', '=', deviceId), row('target', '=', deviceId)]))
      .where('relationship_id', '>', after)
      .orderBy('relationship_id')
      .limit(limit)
      .execute();
    return rows.map((row): Relationship => ({ id: row.relationship_id, source: row.source, target: row.target }));
  }

  /** @throws HubError central.notFound: none of that id that the device is an end of */
  async get(deviceId: string, id: string): Promise<Relationship> {
    const found = await this.#find(id);
    if (found !== undefined && isEnd(found, deviceId)) return found;
    throw new HubError('central.notFound', `device ${deviceId} has no relationship "${id}"`);
  }

  /** Makes or replaces. @throws HubError device.notFound, argument.invalid, central.exists, central.limitReached */
  async put(deviceId: string, { id, source, target }: Relationship): Promise<Relationship> {
    if (!RELATIONSHIP_ID.test(id))
      throw invalid('the id of a relationship is 1 to 255 letters, digits, and . _ ~ - : ;');
    const wanted = { id, source, target };
    if (!isEnd(wanted, deviceId)) throw invalid(`one end of the relationship is ${deviceId}`);
    if (source === target) throw invalid('a device is not behind itself');
    const before = await this.#find(id);
    if (before !== undefined && !isEnd(before, deviceId)) {
      throw new HubError('central.exists', `there is a relationship "${id}" between other devices`);
    }
    for (const end of [source, target]) await this.#requireDevice(end);
    await this.#save(wanted);
    if (before !== undefined && before.target !== target) await this.#leave(before);
    await this.#enter(wanted);
    return wanted;
  }

  /** @throws HubError central.notFound */
  async remove(deviceId: string, id: string): Promise<void> {
    const found = await this.get(deviceId, id);
    await this.#options.store.tables.deleteFrom('device_relationship').where('relationship_id', '=', id).execute();
    await this.#leave(found);
  }

  async close(): Promise<void> {
    this.#stopListening();
    await this.#last;
  }

  async #find(id: string): Promise<Relationship | undefined> {
    const row = await this.#options.store.tables
      .selectFrom('device_relationship')
      .selectAll()
      .where('relationship_id', '=', id)
      .executeTakeFirst();
    return row && { id: row.relationship_id, source: row.source, target: row.target };
  }

  async #save({ id, source, target }: Relationship): Promise<void> {
    const { tables } = this.#options.store;
    const { count } = await tables
      .selectFrom('device_relationship')
      .select((select) => select.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    if (count >= LIMITS.DEVICE_RELATIONSHIPS_MAX) {
      throw new HubError('central.limitReached', `there are ${LIMITS.DEVICE_RELATIONSHIPS_MAX} relationships already`);
    }
    const row = { relationship_id: id, source, target };
    try {
      await tables
        .insertInto('device_relationship')
        .values(row)
        .onConflict((conflict) => conflict.column('relationship_id').doUpdateSet(row))
        .execute();
    } catch (cause) {
      const isTwice = cause instanceof Database.SqliteError && cause.code === 'SQLITE_CONSTRAINT_UNIQUE';
      throw isTwice ? new HubError('central.exists', `${target} is behind ${source} already`, { cause }) : cause;
    }
  }

  async #enter({ source, target }: Relationship): Promise<void> {
    const { hub } = this.#options;
    const gateway = await hub.registry.find({ deviceId: source });
    const child = await hub.registry.find({ deviceId: target });
    if (gateway?.capabilities.iotEdge !== true || gateway.deviceScope === null || child === undefined) return;
    const scope = gateway.deviceScope;
    // An Edge device is the root of a scope of its own, and names its parent's beside it.
    await updateDevice(hub, child, child.capabilities.iotEdge ? { parentScopes: [scope] } : { deviceScope: scope });
  }

  async #leave({ source, target }: Relationship): Promise<void> {
    const { hub } = this.#options;
    const gateway = await hub.registry.find({ deviceId: source });
    const child = await hub.registry.find({ deviceId: target });
    const scope = gateway?.deviceScope ?? null;
    if (child === undefined || scope === null) return;
    if (child.capabilities.iotEdge) {
      await updateDevice(hub, child, { parentScopes: child.parentScopes.filter((each) => each !== scope) });
    } else if (child.deviceScope === scope) await updateDevice(hub, child, { deviceScope: null });
  }

  async #forgetDevice(deviceId: string): Promise<void> {
    await this.#options.store.tables
      .deleteFrom('device_relationship')
      .where((row) => row.or([row('source', '=', deviceId), row('target', '=', deviceId)]))
      .execute();
  }

  async #requireDevice(deviceId: string): Promise<void> {
    if ((await this.#options.hub.registry.find({ deviceId })) !== undefined) return;
    throw new HubError('device.notFound', `device ${deviceId} is not registered`);
  }
}

function isEnd({ source, target }: Relationship, deviceId: string): boolean {
  return source === deviceId || target === deviceId;
}

function invalid(why: string): HubError {
  return new HubError('argument.invalid', why);
}
