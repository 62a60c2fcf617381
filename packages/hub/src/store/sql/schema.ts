import type { JobDeviceStatus, JobStatus, JobType } from '@viaduct/contracts';
import type { ColumnType, Generated, Selectable } from 'kysely';

/** The tables as Kysely sees them; what they mean stands in the migrations. Times are ms since 1970, flags 0 or 1. */
export interface HubSchema {
  identity: IdentityTable;
  presence: PresenceTable;
  twin: TwinTable;
  command: CommandTable;
  feedback: FeedbackTable;
  subscription: SubscriptionTable;
  policy: PolicyTable;
  access_token: AccessTokenTable;
  refusal: RefusalTable;
  connection: ConnectionTable;
  certificate: CertificateTable;
  consumer_group: ConsumerGroupTable;
  quota: QuotaTable;
  query_path: QueryPathTable;
  configuration: ConfigurationTable;
  configuration_device: ConfigurationDeviceTable;
  configuration_owned: ConfigurationOwnedTable;
  key_check: KeyCheckTable;
  blob: BlobTable;
  blob_part: BlobPartTable;
  blob_stage: BlobStageTable;
  upload: UploadTable;
  file_notification: FileNotificationTable;
  signing_key: SigningKeyTable;
  routing: RoutingTable;
  endpoint: EndpointTable;
  routing_version: RoutingVersionTable;
  endpoint_loss: EndpointLossTable;
  job: JobTable;
  job_device: JobDeviceTable;
  import_error: ImportErrorTable;
}

/** Binary columns come back as Buffer from every driver we use. */
type Binary = ColumnType<Buffer, Uint8Array, Uint8Array>;
type NullableBinary = ColumnType<Buffer | null, Uint8Array | null, Uint8Array | null>;

interface OfIdentity {
  device_id: string;
  /** '' for the device itself. */
  module_id: string;
}

interface IdentityTable extends OfIdentity {
  generation_id: string;
  etag: string;
  status: 'enabled' | 'disabled';
  status_reason: string | null;
  status_updated_time: number;
  created_time: number;
  authentication_type: 'sas' | 'selfSigned' | 'certificateAuthority' | 'none';
  primary_key: NullableBinary;
  secondary_key: NullableBinary;
  primary_thumbprint: string | null;
  secondary_thumbprint: string | null;
  iot_edge: number;
  device_scope: string | null;
  parent_scopes: string;
  model_id: string | null;
}

export interface AccessTokenTable {
  name: string;
  role: string;
  hash: Binary;
  created_time: number;
  created_by: string;
  expiry_time: number;
  last_used_time: number;
}

interface ConsumerGroupTable {
  name: string;
  created_time: number;
}

interface PresenceTable extends OfIdentity {
  connected: number;
  connection_state_updated_time: number;
  last_activity_time: number;
}

export interface TwinTable extends OfIdentity {
  version: number;
  etag: string;
  tags: string;
  desired: string;
  desired_metadata: string;
  desired_version: number;
  reported: string;
  reported_metadata: string;
  reported_version: number;
  revision: number;
}

interface CommandTable extends OfIdentity {
  sequence_number: Generated<number>;
  generation_id: string;
  body: Binary;
  system: string;
  application: string;
  ack: 'none' | 'positive' | 'negative' | 'full';
  enqueued_time: number;
  expiry_time: number;
  delivery_count: number;
  lock_token: string | null;
  locked_until: number;
}

export interface FeedbackTable {
  id: Generated<number>;
  original_message_id: string;
  outcome: 'Success' | 'Expired' | 'DeliveryCountExceeded' | 'Rejected' | 'Purged';
  generation_id: string;
  device_id: string;
  enqueued_time: number;
  delivery_count: number;
  lock_token: string | null;
  locked_until: number;
}

interface SubscriptionTable extends OfIdentity {
  filters: string;
}

export interface CertificateTable {
  name: string;
  pem: string;
  subject: string;
  thumbprint: string;
  valid_from: number;
  valid_to: number;
  created_time: number;
  updated_time: number;
  is_verified: number;
  verification_code: string | null;
  etag: string;
}

export interface PolicyTable {
  name: string;
  primary_key: Binary;
  secondary_key: Binary;
  rights: string;
}

export interface RefusalTable {
  id: Generated<number>;
  device_id: string;
  code: string;
  transport: string;
  remote_address: string;
  first_time: number;
  last_time: number;
  message: string;
  count: number;
}

export interface ConnectionTable extends OfIdentity {
  connected_time: number;
  disconnected_time: number | null;
  transport: string;
  remote_address: string;
  reason_code: string | null;
  reason_message: string | null;
}

/** `twin_value`, which hangs on it, is only written by triggers and plain SQL. */
interface QueryPathTable {
  id: Generated<number>;
  section: 'tags' | 'desired' | 'reported';
  json_path: string;
  state: 'filling' | 'complete' | 'dropping';
  filled_device_id: string;
  filled_module_id: string;
  asked: number;
}

interface QuotaTable {
  day: number;
  used: number;
}

export interface ConfigurationTable {
  id: string;
  kind: 'device' | 'module' | 'edge';
  schema_version: string;
  labels: string;
  content: string;
  target_condition: string;
  priority: number;
  metric_queries: string;
  metric_results: string;
  created_time: number;
  updated_time: number;
  etag: string;
  revision: number;
  settled_revision: number;
  is_deleted: number;
}

export interface ConfigurationDeviceTable extends OfIdentity {
  configuration_id: string;
  status: 'Targeted' | 'Applied';
  reason: string | null;
}

interface ConfigurationOwnedTable extends OfIdentity {
  paths: string;
  by_edge: string;
}

interface KeyCheckTable {
  sealed: Binary;
}

export interface BlobTable {
  id: Generated<number>;
  container: string;
  name: Binary;
  etag: string;
  bytes: number;
  created_time: number;
  modified_time: number;
  content_type: string | null;
  content_encoding: string | null;
  content_language: string | null;
  content_disposition: string | null;
  cache_control: string | null;
  content_md5: string | null;
  metadata: string;
}

interface BlobPartTable {
  blob_id: number;
  position: number;
  block_id: string;
  file: string;
  bytes: number;
}

interface BlobStageTable {
  container: string;
  name: Binary;
  block_id: string;
  file: string;
  bytes: number;
  staged_time: number;
}

export interface UploadTable extends OfIdentity {
  correlation_id: string;
  container: string;
  name: Binary;
  host_name: string;
  started_time: number;
  expiry_time: number;
}

export interface FileNotificationTable {
  id: Generated<number>;
  device_id: string;
  blob_uri: string;
  blob_name: string;
  modified_time: number;
  bytes: number;
  enqueued_time: number;
  delivery_count: number;
  lock_token: string | null;
  locked_until: number;
}

interface SigningKeyTable {
  name: string;
  sealed: Binary;
}

interface RoutingTable {
  id: number;
  version: number;
  etag: string;
  saved_time: number;
  routes: string;
  enrichments: string;
  fallback_route: string;
}

export interface EndpointTable {
  id: string;
  position: number;
  name: string;
  kind: string;
  configuration: Binary;
  is_paused: number;
  created_time: number;
}

interface RoutingVersionTable {
  version: number;
  applies_from: string;
  content: string;
}

export interface EndpointLossTable {
  id: Generated<number>;
  endpoint_id: string;
  kind: 'refused' | 'tooLarge' | 'overtaken';
  count: number;
  partition: number;
  from_offset: number;
  to_offset: number;
  from_time: number | null;
  to_time: number | null;
  device_id: string | null;
  message: string;
  time: number;
}

export interface JobTable {
  job_id: string;
  type: JobType;
  status: JobStatus;
  work: Binary;
  created_time: number;
  start_time: number;
  started_time: number | null;
  ended_time: number | null;
  failure_reason: string | null;
  settled: number;
  targets_fixed: number;
  device_count: number;
  completed_count: number;
  failed_count: number;
  cancelled_count: number;
  progress: number;
  lines_done: number;
}

export interface JobDeviceTable extends OfIdentity {
  job_id: string;
  status: JobDeviceStatus;
  created_time: number;
  started_time: number | null;
  ended_time: number | null;
  response: string | null;
  error_code: string | null;
  error_message: string | null;
}

interface ImportErrorTable {
  job_id: string;
  line: number;
  text: string;
}

export type IdentityRow = Selectable<IdentityTable>;
export type QueryPathRow = Selectable<QueryPathTable>;
export type TwinRow = Selectable<TwinTable>;
export type CommandRow = Selectable<CommandTable>;
