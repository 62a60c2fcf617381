import type { JsonObject } from '@viaduct/hub';

/** How the hub of a device is chosen. Source: docs/protocol/provisioning.md */
export type AllocationPolicy = 'hashed' | 'geoLatency' | 'static' | 'custom';

/** What a device must prove. Keys are base64, certificates PEM. */
export type Attestation =
  | { readonly kind: 'symmetricKey'; readonly primaryKey: string; readonly secondaryKey: string }
  /** Individual enrolments: the device's own certificate. */
  | { readonly kind: 'clientCertificates'; readonly primary: string; readonly secondary: string | null }
  /** Groups: a certificate, of a root or an intermediate, that must have signed the device's. */
  | { readonly kind: 'signingCertificates'; readonly primary: string; readonly secondary: string | null }
  /** Groups: the same by the names of verified authorities. */
  | { readonly kind: 'caReferences'; readonly primary: string; readonly secondary: string | null }
  /** Individual enrolments: base64 of the marshalled TPM2B_PUBLIC of the endorsement key and, where it must be one, of the storage root key. */
  | { readonly kind: 'tpm'; readonly endorsementKey: string; readonly storageRootKey: string | null };

export interface ReprovisionPolicy {
  /** Whether a device that comes back may be given another hub. */
  readonly updateHubAssignment: boolean;
  /** Whether its twin moves with it; else it begins anew with the initial twin. */
  readonly migrateDeviceData: boolean;
}

/** Who may come: one device by its registration id (`individual`), or all that prove to be of a group. Times are ms since 1970. */
export interface EnrollmentRecord {
  readonly kind: EnrollmentKind;
  /** Registration id of an individual enrolment, else the id of the group; unique within the kind without regard to case. */
  readonly id: string;
  readonly attestation: Attestation;
  readonly status: 'enabled' | 'disabled';
  /** Individual: the device id at the hub; null for the registration id. Groups: null. */
  readonly deviceId: string | null;
  readonly capabilities: { readonly iotEdge: boolean };
  readonly initialTwin: { readonly tags: JsonObject; readonly desired: JsonObject };
  readonly reprovisionPolicy: ReprovisionPolicy;
  /** Null for that of the service. */
  readonly allocationPolicy: AllocationPolicy | null;
  /** Host names of the linked hubs that may be chosen; empty for all. */
  readonly iotHubs: readonly string[];
  readonly customAllocation: { readonly webhookUrl: string; readonly apiVersion: string } | null;
  /** By which policy certificates are issued to devices that send a request for one; null for none. */
  readonly credentialPolicyName: string | null;
  readonly optionalDeviceInformation: JsonObject | null;
  readonly createdTime: number;
  readonly updatedTime: number;
  readonly etag: string;
}

export type EnrollmentKind = 'individual' | 'group';

export interface EnrollmentStore {
  find(kind: EnrollmentKind, id: string): Promise<EnrollmentRecord | undefined>;
  /** False when the id is taken. */
  insert(record: EnrollmentRecord): Promise<boolean>;
  /** False when `expectedEtag` is not the stored one or the record is gone. */
  replace(record: EnrollmentRecord, expectedEtag: string): Promise<boolean>;
  /** False when it is gone or `expectedEtag` does not fit. Registrations stay: whoever was assigned is not forgotten. */
  remove(kind: EnrollmentKind, id: string, expectedEtag: string | undefined): Promise<boolean>;
  /** In order of id, those after `after`. */
  list(query: {
    readonly kind: EnrollmentKind;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly EnrollmentRecord[]>;
  count(kind: EnrollmentKind): Promise<number>;
  /** All groups, in memory: asked for with each registration that no individual enrolment is for. The same objects until one changes. */
  groups(): Promise<readonly EnrollmentRecord[]>;
}

export interface KeepsEnrollments {
  readonly enrollments: EnrollmentStore;
}
