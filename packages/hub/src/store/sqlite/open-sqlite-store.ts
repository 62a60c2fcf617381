import assert from 'node:assert/strict';
import type {
  Clock,
  CommandStore,
  PolicyStore,
  RefusalStore,
  RegistryStore,
  SubscriptionStore,
  TwinStore,
} from '../../core/ports.ts';

export interface HubStore {
  readonly registry: RegistryStore;
  readonly policies: PolicyStore;
  readonly twins: TwinStore;
  readonly commands: CommandStore;
  readonly subscriptions: SubscriptionStore;
  readonly refusals: RefusalStore;
  close(): Promise<void>;
}

export interface SqliteStoreOptions {
  /** Path of the database file; made when it does not exist. Its folder must exist. */
  readonly file: string;
  /** 32 bytes; seals device and policy keys. */
  readonly encryptionKey: Buffer;
  readonly clock: Clock;
}

export async function openSqliteStore(options: SqliteStoreOptions): Promise<HubStore> {
  assert.fail(`not yet ${options.file}`);
}
