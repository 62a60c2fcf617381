import type { Generated } from 'kysely';

/** The tables of `provisioning.sqlite`, as Kysely knows them. Times are ms since 1970. */
export interface ProvisioningSchema {
  settings: SettingsColumns;
  enrollment: EnrollmentColumns;
  registration: RegistrationColumns;
  attempt: AttemptColumns;
  linked_hub: LinkedHubColumns;
  credential_policy: CredentialPolicyColumns;
  authority: AuthorityColumns;
  issued_certificate: IssuedCertificateColumns;
}

interface SettingsColumns {
  id: number;
  id_scope: string;
  allocation_policy: string;
  etag: string;
  secret: Uint8Array;
}

export interface EnrollmentColumns {
  kind: string;
  id: string;
  status: string;
  /** JSON: what has no column. */
  document: string;
  /** Sealed JSON. */
  secrets: Uint8Array;
  created_time: number;
  updated_time: number;
  etag: string;
}

export interface RegistrationColumns {
  registration_id: string;
  enrollment_kind: string;
  enrollment_id: string;
  status: string;
  operation_id: string;
  /** Sealed JSON. */
  pending: Uint8Array | null;
  hub_name: string | null;
  assigned_hub: string | null;
  device_id: string | null;
  /** JSON. */
  facts: string;
  created_time: number;
  updated_time: number;
  etag: string;
}

export interface AttemptColumns {
  id: number;
  time: number;
  registration_id: string | null;
  enrollment_kind: string | null;
  enrollment_id: string | null;
  /** JSON. */
  facts: string;
}

export interface LinkedHubColumns {
  host_name: string;
  /** Sealed. */
  connection_string: Uint8Array | null;
  ca_pem: string | null;
  allocation_weight: number;
  takes_new_devices: number;
  created_time: number;
  updated_time: number;
  etag: string;
}

export interface CredentialPolicyColumns {
  name: string;
  validity_days: number;
  /** JSON array. */
  key_types: string;
  created_time: number;
  updated_time: number;
  etag: string;
}

interface AuthorityColumns {
  id: Generated<number>;
  /** Null: it is a root. */
  root_id: number | null;
  pem: string;
  private_key: Uint8Array;
  valid_from: number;
  valid_to: number;
  leaves_until: number;
}

interface IssuedCertificateColumns {
  registration_id: string;
  device_id: string;
  valid_to: number;
}
