import { type GroupWriter, KnownRows, type SecretBox } from '@viaduct/hub';
import type { Kysely, Selectable } from 'kysely';
import type { LinkedHubRecord, LinkedHubStore } from '../../core/ports.ts';
import type { HubNames } from './hub-names.ts';
import type { LinkedHubColumns, ProvisioningSchema } from './schema.ts';

/** The hubs that devices are sent to: few, and asked for with each device. */
export class LinkedHubTable implements LinkedHubStore {
  readonly #reader: Kysely<ProvisioningSchema>;
  readonly #writer: GroupWriter<ProvisioningSchema>;
  readonly #box: SecretBox;
  readonly #names: HubNames;
  readonly #known = new KnownRows(() => this.#read());

  constructor(
    reader: Kysely<ProvisioningSchema>,
    writer: GroupWriter<ProvisioningSchema>,
    box: SecretBox,
    names: HubNames,
  ) {
    this.#reader = reader;
    this.#writer = writer;
    this.#box = box;
    this.#names = names;
  }

  list(): Promise<readonly LinkedHubRecord[]> {
    return this.#known.list();
  }

  async find(hostName: string): Promise<LinkedHubRecord | undefined> {
    const hubs = await this.list();
    return hubs.find((hub) => hub.hostName === hostName.toLowerCase());
  }

  insert(record: LinkedHubRecord): Promise<boolean> {
    return this.#change(async (db) => {
      const insert = db.insertInto('linked_hub').values(this.#rowOf(record));
      const { numInsertedOrUpdatedRows = 0n } = await insert.onConflict((is) => is.doNothing()).executeTakeFirst();
      return numInsertedOrUpdatedRows > 0n;
    });
  }

  replace(record: LinkedHubRecord, expectedEtag: string): Promise<boolean> {
    const row = this.#rowOf(record);
    return this.#change(async (db) => {
      const named = db.updateTable('linked_hub').set(row).where('host_name', '=', row.host_name);
      const { numUpdatedRows } = await named.where('etag', '=', expectedEtag).executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }

  remove(hostName: string, expectedEtag: string | undefined): Promise<boolean> {
    return this.#change(async (db) => {
      const named = db.deleteFrom('linked_hub').where('host_name', '=', this.#names.stored(hostName.toLowerCase()));
      const asked = expectedEtag === undefined ? named : named.where('etag', '=', expectedEtag);
      const { numDeletedRows } = await asked.executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  async #change(task: (db: Kysely<ProvisioningSchema>) => Promise<boolean>): Promise<boolean> {
    try {
      return await this.#writer.write(task);
    } finally {
      this.#known.forget();
    }
  }

  async #read(): Promise<readonly LinkedHubRecord[]> {
    const rows = await this.#reader.selectFrom('linked_hub').selectAll().orderBy('host_name').execute();
    return rows.map((row) => this.#recordOf(row));
  }

  #rowOf(record: LinkedHubRecord): LinkedHubColumns {
    const { connectionString } = record;
    return {
      host_name: this.#names.stored(record.hostName),
      connection_string: connectionString === null ? null : this.#box.seal(connectionString, placeOf(record.hostName)),
      ca_pem: record.caPem,
      allocation_weight: record.allocationWeight,
      takes_new_devices: record.takesNewDevices ? 1 : 0,
      created_time: record.createdTime,
      updated_time: record.updatedTime,
      etag: record.etag,
    };
  }

  #recordOf(row: Selectable<LinkedHubColumns>): LinkedHubRecord {
    const { connection_string: sealed } = row;
    return {
      hostName: this.#names.told(row.host_name),
      kind: this.#names.isOwn(row.host_name) ? 'local' : 'remote',
      connectionString: sealed && this.#box.open(sealed, placeOf(row.host_name)),
      caPem: row.ca_pem,
      allocationWeight: row.allocation_weight,
      takesNewDevices: row.takes_new_devices === 1,
      createdTime: row.created_time,
      updatedTime: row.updated_time,
      etag: row.etag,
    };
  }
}

function placeOf(hostName: string): string {
  return `linked hub ${hostName}`;
}
