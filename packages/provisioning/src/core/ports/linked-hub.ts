import type { JsonObject } from '@viaduct/hub';

/** A hub that devices may be sent to. Times are ms since 1970. */
export interface LinkedHubRecord {
  /** Lower case; what devices connect to. */
  readonly hostName: string;
  /** `local` is the hub of this server: it is always linked, and has no connection string. */
  readonly kind: 'local' | 'remote';
  /** Remote: with a policy that may read and write the registry, and connect as a service. */
  readonly connectionString: string | null;
  /** Remote: PEM of the authority that signed its server certificate, where the machine does not trust it by itself. */
  readonly caPem: string | null;
  /** Its share of devices among hashed ones, 1 to 1,000. */
  readonly allocationWeight: number;
  /** Whether hashed and lowest latency may choose it. */
  readonly takesNewDevices: boolean;
  readonly createdTime: number;
  readonly updatedTime: number;
  readonly etag: string;
}

export interface LinkedHubStore {
  list(): Promise<readonly LinkedHubRecord[]>;
  find(hostName: string): Promise<LinkedHubRecord | undefined>;
  insert(record: LinkedHubRecord): Promise<boolean>;
  replace(record: LinkedHubRecord, expectedEtag: string): Promise<boolean>;
  remove(hostName: string, expectedEtag: string | undefined): Promise<boolean>;
}

export interface KeepsLinkedHubs {
  readonly linkedHubs: LinkedHubStore;
}

/** How a device authenticates at its hub after it was provisioned. */
export type DeviceAuthentication =
  | { readonly kind: 'sas'; readonly primaryKey: string; readonly secondaryKey: string }
  /** SHA-256 of certificates, hex, upper case. */
  | { readonly kind: 'thumbprint'; readonly primary: string; readonly secondary: string | null }
  | { readonly kind: 'authority' };

/** What a hub knows of a device, as much as moves with it. */
export interface HubDevice {
  readonly status: 'enabled' | 'disabled';
  readonly capabilities: { readonly iotEdge: boolean };
  readonly authentication: DeviceAuthentication;
  readonly twin: { readonly tags: JsonObject; readonly desired: JsonObject };
}

export type FoundDevice = Omit<HubDevice, 'authentication'>;

/**
 * A hub as provisioning uses it: this server's, or another over its REST API. All are idempotent: after a crash they are done again.
 *
 * @throws HubError linkedHub.unreachable (retry), linkedHub.refused, and what the hub refuses
 */
export interface HubClient {
  find(deviceId: string, signal: AbortSignal): Promise<FoundDevice | undefined>;
  /** Makes the device with this twin; when it exists already, only its credentials are brought up to date. */
  createOrRefresh(deviceId: string, device: HubDevice, signal: AbortSignal): Promise<'created' | 'refreshed'>;
  /** Nothing happens when it is not there. */
  remove(deviceId: string, signal: AbortSignal): Promise<void>;
  /** Nothing happens when it is not there. A device that is disabled is disconnected. */
  setStatus(deviceId: string, status: 'enabled' | 'disabled', reason: string, signal: AbortSignal): Promise<void>;
  /** Round trip to the hub, ms; as a device near us would see it. */
  measureLatency(signal: AbortSignal): Promise<number>;
}

/** Finds the client of a linked hub. */
export interface ReachesHubs {
  readonly hubClient: (hub: LinkedHubRecord) => HubClient;
}
