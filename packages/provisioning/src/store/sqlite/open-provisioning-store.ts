import { asStoreRefusal, GroupWriter, openDatabase, type Randomness, SecretBox } from '@viaduct/hub';
import type {
  AttemptStore,
  AuthorityStore,
  CredentialPolicyStore,
  EnrollmentStore,
  LinkedHubStore,
  RegistrationStore,
  SettingsStore,
} from '../../core/ports.ts';
import { AttemptTable } from '../sql/attempt-table.ts';
import { AuthorityTable } from '../sql/authority-table.ts';
import { CredentialPolicyTable } from '../sql/credential-policy-table.ts';
import { EnrollmentTable } from '../sql/enrollment-table.ts';
import { HubNames } from '../sql/hub-names.ts';
import { LinkedHubTable } from '../sql/linked-hub-table.ts';
import { RegistrationTable } from '../sql/registration-table.ts';
import type { ProvisioningSchema } from '../sql/schema.ts';
import { SettingsTable } from '../sql/settings-table.ts';
import { MIGRATIONS } from './migrations/migrations.ts';

export interface ProvisioningStore {
  readonly settings: SettingsStore;
  readonly enrollments: EnrollmentStore;
  readonly registrations: RegistrationStore;
  readonly attempts: AttemptStore;
  readonly linkedHubs: LinkedHubStore;
  readonly credentialPolicies: CredentialPolicyStore;
  readonly authorityTable: AuthorityStore;
  /** 32 bytes of this service alone. */
  readonly secret: Buffer;
  /** Waits for the writes under way, then lets go of the file. */
  close(): Promise<void>;
}

export interface ProvisioningStoreOptions {
  /** Path of the database file; made when it does not exist. Its folder must exist. */
  readonly file: string;
  /** 32 bytes; seals keys of enrolments and connection strings of hubs. */
  readonly encryptionKey: Buffer;
  readonly random: Randomness;
  /** How the hub of this server is called now; `localhost` when absent. */
  readonly ownHubName?: string;
}

/**
 * Provisioning's store in one SQLite file. Every write is on disk when its promise resolves.
 *
 * @throws HubError store.unusable: the file cannot be opened, is of a newer version, or has another encryption key
 */
export async function openProvisioningStore({
  file,
  encryptionKey,
  random,
  ownHubName = 'localhost',
}: ProvisioningStoreOptions): Promise<ProvisioningStore> {
  const box = new SecretBox(encryptionKey);
  const names = new HubNames(ownHubName);
  const database = openDatabase<ProvisioningSchema>(file, MIGRATIONS);
  try {
    const writer = new GroupWriter(database.writer, asStoreRefusal);
    const settings = await SettingsTable.open(database.reader, writer, box, random);
    const enrollments = await EnrollmentTable.open(database.reader, writer, box);
    return {
      settings,
      enrollments,
      registrations: new RegistrationTable(database.reader, writer, box, names),
      attempts: new AttemptTable(database.reader, writer),
      linkedHubs: new LinkedHubTable(database.reader, writer, box, names),
      credentialPolicies: new CredentialPolicyTable(database.reader, writer),
      authorityTable: new AuthorityTable(database.reader, writer, box),
      secret: settings.secret,
      async close() {
        await writer.close();
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}
