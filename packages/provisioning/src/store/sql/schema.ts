import type { Generated } from 'kysely';

/** The tables of `provisioning.sqlite`, as Kysely knows them. Times are ms since 1970. */
export interface ProvisioningSchema {
  settings: SettingsColumns;
  enrollment: EnrollmentColumns;
  credential_policy: CredentialPolicyColumns;
  authority: AuthorityColumns;
}

export interface SettingsColumns {
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

export interface CredentialPolicyColumns {
  name: string;
  validity_days: number;
  /** JSON array. */
  key_types: string;
  created_time: number;
  updated_time: number;
  etag: string;
}

export interface AuthorityColumns {
  id: Generated<number>;
  /** Null: it is a root. */
  root_id: number | null;
  pem: string;
  private_key: Uint8Array;
  valid_from: number;
  valid_to: number;
  leaves_until: number;
}
