import type { DeviceIdentity } from '@viaduct/contracts';
import type { TwinRecord } from './twin.ts';

export type AuthenticationType = 'sas' | 'selfSigned' | 'certificateAuthority' | 'none';

export interface Authentication {
  readonly type: AuthenticationType;
  /** Base64; 16 to 64 bytes. */
  readonly symmetricKey: { readonly primaryKey: string | null; readonly secondaryKey: string | null };
  /** Hex, upper case: SHA-1 or SHA-256 of the certificate. */
  readonly x509Thumbprint: { readonly primaryThumbprint: string | null; readonly secondaryThumbprint: string | null };
}

/** A device or a module as the registry keeps it. Times are ms since 1970; 0 is never. */
export interface RegistryEntry extends DeviceIdentity {
  /** Changes when a device is deleted and made again under the same id. */
  readonly generationId: string;
  readonly etag: string;
  readonly status: 'enabled' | 'disabled';
  readonly statusReason: string | null;
  readonly statusUpdatedTime: number;
  readonly createdTime: number;
  readonly authentication: Authentication;
  readonly capabilities: { readonly iotEdge: boolean };
  readonly deviceScope: string | null;
  readonly parentScopes: readonly string[];
  /** Digital twin model that the device announced last. */
  readonly modelId: string | null;
}

/** When a device was last heard of; kept apart from the entry, for it changes all the time. */
export interface Presence {
  readonly connected: boolean;
  readonly connectionStateUpdatedTime: number;
  readonly lastActivityTime: number;
}

export interface ListDevices {
  /** Substring of the id, without regard to case. */
  readonly search?: string;
  readonly status?: 'enabled' | 'disabled';
  readonly connected?: boolean;
  /** The modules of this device instead of the devices; then `search` and `after` are module ids. */
  readonly modulesOf?: string;
  /** Devices whose gateway this is, by its scope. */
  readonly inScope?: string;
  /** Ids after this one, in order of id. */
  readonly after?: string;
  readonly limit: number;
}

/** `removed` with all its modules, when it is a device. */
export type RegistryWrite =
  | { readonly kind: 'saved'; readonly entry: RegistryEntry }
  | { readonly kind: 'removed'; readonly identity: DeviceIdentity };

export interface RegistryStore {
  find(identity: DeviceIdentity): Promise<RegistryEntry | undefined>;
  /** With the initial twin, in one transaction. False when the identity exists, or a module's device does not. */
  insert(entry: RegistryEntry, twin: TwinRecord): Promise<boolean>;
  /** All but the model. False when `expectedEtag` is not the stored one (another writer was faster) or the entry is gone. */
  replace(entry: RegistryEntry, expectedEtag: string): Promise<boolean>;
  /** Hears of what was written, when it is on disk: sooner than the log tells, and of what it does not tell. Returns what ends it. */
  onWrite(listener: (write: RegistryWrite) => void): () => void;
  /** What the device announced; leaves the etag alone. Nothing happens when the entry is gone. */
  saveModel(identity: DeviceIdentity, modelId: string): Promise<void>;
  /** With its modules, twin, commands and session. False when it is gone or `expectedEtag` does not fit. */
  remove(identity: DeviceIdentity, expectedEtag: string | undefined): Promise<boolean>;
  list(query: ListDevices): Promise<readonly (RegistryEntry & Presence)[]>;
  /** Devices and modules with their twins, in order of device and module. */
  listWithTwins(page: {
    readonly after?: DeviceIdentity;
    readonly limit: number;
  }): Promise<readonly { readonly entry: RegistryEntry; readonly twin: TwinRecord }[]>;
  count(query: Omit<ListDevices, 'after' | 'limit'>): Promise<number>;
  findPresence(identity: DeviceIdentity): Promise<Presence>;
  /** Written behind, many at a time: losing the last seconds in a crash is acceptable, and repaired at start. */
  savePresence(changes: readonly (DeviceIdentity & Presence)[]): Promise<void>;
  /** Who was heard of without being connected: the rest of their presence stays. Written behind, like presence. */
  saveActivity(changes: readonly (DeviceIdentity & Pick<Presence, 'lastActivityTime'>)[]): Promise<void>;
  /** Devices and modules that are stored as connected. */
  listConnected(): Promise<readonly (DeviceIdentity & Presence)[]>;
  /** At start: nobody is connected, since `time`. */
  disconnectAll(time: number): Promise<void>;
}

export interface KeepsRegistry {
  readonly registry: RegistryStore;
}

/** Rights of a shared access policy: those of a hub, then those of the provisioning service. */
export type Right =
  | 'RegistryRead'
  | 'RegistryWrite'
  | 'ServiceConnect'
  | 'DeviceConnect'
  | 'EnrollmentRead'
  | 'EnrollmentWrite'
  | 'RegistrationStatusRead'
  | 'RegistrationStatusWrite'
  | 'ServiceConfig';

export interface AccessPolicy {
  readonly name: string;
  /** Base64, 32 bytes. */
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly rights: ReadonlySet<Right>;
}

export interface PolicyStore {
  find(name: string): Promise<AccessPolicy | undefined>;
  list(): Promise<readonly AccessPolicy[]>;
  /** First start: makes what is missing. */
  insertMissing(policies: readonly AccessPolicy[]): Promise<void>;
}

export interface KeepsPolicies {
  readonly policies: PolicyStore;
}
