import type {
  AccessTokenStore,
  CertificateStore,
  CommandStore,
  ConfigurationStateStore,
  ConfigurationStore,
  ConnectionStore,
  ConsumerGroupStore,
  JobStore,
  PolicyStore,
  QueryStore,
  QuotaStore,
  RefusalStore,
  RegistryStore,
  RoutingStore,
  SubscriptionStore,
  TwinStore,
  UploadStore,
} from '../../core/ports.ts';
import { type OnFault, warnOfFault } from '../../core/repeating-task.ts';
import { CachedRegistry } from '../cached-registry.ts';
import { SecretBox } from '../secret-box.ts';
import { AccessTokenTable } from '../sql/access-token-table.ts';
import { BlobTable } from '../sql/blob-table.ts';
import { CertificateTable } from '../sql/certificate-table.ts';
import { CommandTable } from '../sql/command-table.ts';
import { ConfigurationStateTable } from '../sql/configuration-state-table.ts';
import { ConfigurationTable } from '../sql/configuration-table.ts';
import { ConnectionTable } from '../sql/connection-table.ts';
import { ConsumerGroupTable } from '../sql/consumer-group-table.ts';
import { GroupWriter } from '../sql/group-writer.ts';
import { JobTable } from '../sql/job-table.ts';
import { PolicyTable } from '../sql/policy-table.ts';
import { QuotaTable } from '../sql/quota-table.ts';
import { RefusalTable } from '../sql/refusal-table.ts';
import { RegistryTable } from '../sql/registry-table.ts';
import { RoutingTable } from '../sql/routing-table.ts';
import type { HubSchema } from '../sql/schema.ts';
import { openSigningKey } from '../sql/signing-key.ts';
import { SubscriptionTable } from '../sql/subscription-table.ts';
import { TwinTable } from '../sql/twin-table.ts';
import { UploadTable } from '../sql/upload-table.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import { asStoreRefusal, type OpenDatabase, openDatabase } from './open-database.ts';
import { PathIndexes } from './path-indexes.ts';
import { QueryWorkers } from './query-workers.ts';
import { SqliteQueries } from './sqlite-queries.ts';

export interface HubStore {
  readonly registry: RegistryStore;
  readonly policies: PolicyStore;
  readonly accessTokens: AccessTokenStore;
  readonly twins: TwinStore;
  readonly commands: CommandStore;
  readonly subscriptions: SubscriptionStore;
  readonly refusals: RefusalStore;
  readonly connections: ConnectionStore;
  readonly certificates: CertificateStore;
  /** For `ConsumerGroups.open`. */
  readonly consumerGroupTable: ConsumerGroupStore;
  readonly queries: QueryStore;
  readonly configurations: ConfigurationStore;
  readonly configurationStates: ConfigurationStateStore;
  readonly quota: QuotaStore;
  readonly routing: RoutingStore;
  readonly uploads: UploadStore;
  readonly jobs: JobStore;
  /** For `FolderBlobStore`, which keeps the content. */
  readonly blobTable: BlobTable;
  /** Signs access to blobs. */
  readonly blobKey: Buffer;
  /** Waits for the writes under way, then lets go of the file. */
  close(): Promise<void>;
}

export interface SqliteStoreOptions {
  /** Path of the database file; made when it does not exist. Its folder must exist. */
  readonly file: string;
  /** 32 bytes; seals device and policy keys. */
  readonly encryptionKey: Buffer;
  /** Hears of faults in work that nobody waits for. */
  readonly onFault?: OnFault;
}

/**
 * The hub's store in one SQLite file. Every write is on disk when its promise resolves.
 *
 * One process owns the file. So at start nobody holds a lock, whatever a crash left behind. Who was connected is still there to be
 * read: `PresenceWriter.open` tells readers that they left, and then the store.
 *
 * @throws HubError store.unusable: the file cannot be opened, is of a newer version, or has another encryption key
 */
export async function openSqliteStore({
  file,
  encryptionKey,
  onFault = warnOfFault,
}: SqliteStoreOptions): Promise<HubStore> {
  const box = new SecretBox(encryptionKey);
  const database = openDatabase<HubSchema>(file, MIGRATIONS);
  try {
    const writer = new GroupWriter(database.writer, asStoreRefusal);
    await checkKey(database, writer, box);
    const registry = new RegistryTable(database.reader, writer, box);
    const queryWorkers = new QueryWorkers({ file });
    const indexes = await PathIndexes.open(database.reader, writer, onFault);
    const commands = new CommandTable(database.reader, writer);
    const uploads = new UploadTable(database.reader, writer);
    await Promise.all([commands.unlockEverything(), uploads.unlockEverything()]);
    return {
      registry: new CachedRegistry(registry),
      policies: new PolicyTable(database.reader, writer, box),
      accessTokens: new AccessTokenTable(database.reader, writer),
      twins: new TwinTable(database.reader, writer),
      commands,
      subscriptions: new SubscriptionTable(database.reader, writer),
      refusals: new RefusalTable(database.reader, writer),
      connections: new ConnectionTable(database.reader, writer),
      certificates: new CertificateTable(database.reader, writer),
      consumerGroupTable: new ConsumerGroupTable(database.reader, writer),
      queries: new SqliteQueries({ db: database.reader, workers: queryWorkers, indexes, onFault }),
      configurations: new ConfigurationTable(database.reader, writer),
      configurationStates: new ConfigurationStateTable(database.reader, writer),
      quota: new QuotaTable(database.reader, writer),
      routing: new RoutingTable(database.reader, writer, box),
      uploads,
      jobs: new JobTable(database.reader, writer, box),
      blobTable: new BlobTable(database.reader, writer),
      blobKey: await openSigningKey(database.reader, writer, box, 'blobs'),
      async close() {
        await queryWorkers.close();
        await indexes.close();
        await writer.close();
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

const KEY_CHECK = 'key check';

/** A wrong key is told at start, not when the first device connects. */
async function checkKey(database: OpenDatabase<HubSchema>, writer: GroupWriter, box: SecretBox): Promise<void> {
  const row = await database.reader.selectFrom('key_check').select('sealed').executeTakeFirst();
  if (row !== undefined) box.open(row.sealed, KEY_CHECK);
  else
    await writer.write((db) =>
      db
        .insertInto('key_check')
        .values({ sealed: box.seal('', KEY_CHECK) })
        .execute(),
    );
}
