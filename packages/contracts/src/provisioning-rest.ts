import type { ErrorCode } from './errors.ts';

/**
 * What the provisioning service tells back ends beyond Azure's API; these routes are ours. Shapes only; times are ms since 1970.
 * Source: docs/protocol/provisioning.md
 */

/** One time that a device asked to be provisioned. */
export interface ProvisioningAttempt {
  /** Counts up. */
  readonly id: number;
  readonly time: number;
  /** What the device claimed; null when it was no registration id. */
  readonly registrationId: string | null;
  /** Null when none fits. */
  readonly enrollment: { readonly kind: 'individual' | 'group'; readonly id: string } | null;
  readonly credential: 'symmetricKey' | 'x509' | 'tpm' | 'none';
  readonly transport: string;
  readonly remoteAddress: string;
  /** `refused`: was not let in. `failed`: was let in, and could not be assigned. */
  readonly outcome: 'assigned' | 'refused' | 'failed' | 'disabled';
  readonly substatus: string | null;
  readonly assignedHub: string | null;
  readonly deviceId: string | null;
  /** Why not, and what to do; null when it was assigned. */
  readonly code: ErrorCode | null;
  readonly message: string | null;
  readonly advice: string | null;
  /** From the request to the assignment; null when it was refused. */
  readonly durationMs: number | null;
}

/** A hub that devices may be sent to; its key is never told. */
export interface LinkedHub {
  readonly hostName: string;
  /** `local` is the hub of this server: it is always linked. */
  readonly kind: 'local' | 'remote';
  /** Of the connection string; null for the local one. */
  readonly policyName: string | null;
  /** Whether it is reached by an authority of its own instead of those that the machine trusts. */
  readonly hasOwnAuthority: boolean;
  /** Its share of devices among hashed ones. */
  readonly allocationWeight: number;
  /** Whether hashed and lowest latency may choose it. */
  readonly takesNewDevices: boolean;
  readonly createdTime: number;
  readonly updatedTime: number;
  readonly etag: string;
}

/** What may be said of a linked hub; what is absent stays, or is as usual. */
export interface LinkedHubRequest {
  /** Needed to link one. */
  readonly connectionString?: string;
  /** PEM; null for the authorities that the machine trusts. */
  readonly caPem?: string | null;
  readonly allocationWeight?: number;
  readonly takesNewDevices?: boolean;
}

/** A hub that was asked, and answered as it should. */
export interface LinkedHubTest {
  readonly hostName: string;
  readonly latencyMs: number;
}

/** By which rules certificates are issued to devices that ask for one. */
export interface CredentialPolicy {
  readonly name: string;
  /** Days. */
  readonly validityDays: number;
  readonly keyTypes: readonly string[];
  readonly createdTime: number;
  readonly updatedTime: number;
  readonly etag: string;
}

/** What the service as a whole is set to. */
export interface ProvisioningServiceSettings {
  readonly idScope: string;
  /** For enrolments that name none. */
  readonly allocationPolicy: string;
  readonly etag: string;
}
