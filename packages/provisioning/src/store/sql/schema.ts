/** The tables of `provisioning.sqlite`, as Kysely knows them. Times are ms since 1970. */
export interface ProvisioningSchema {
  settings: SettingsColumns;
}

export interface SettingsColumns {
  id: number;
  id_scope: string;
  allocation_policy: string;
  etag: string;
  secret: Uint8Array;
}
