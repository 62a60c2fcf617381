import type { CommandAck, NewAuthentication } from './console-device.ts';
import type { AttemptView } from './console-provisioning.ts';
import type { ErrorCode } from './errors.ts';
import type { ModelSummary } from './model.ts';

/**
 * The console's own interface: JSON over HTTPS under `/console/api`, with the session cookie. Shapes only.
 *
 *     GET    /session                              → Session | 401            who am I; never redirects
 *     POST   /session            SignIn            → Session                  sets the cookie
 *     DELETE /session                              → 204
 *     POST   /setup              SetUp             → Session                  first administrator, or a new password, by one-time link
 *     GET    /setup?token=                         → SetUpState | 403
 *     GET    /overview                             → Overview
 *     GET    /devices?search=&filter=&…            → Page<DirectoryRow>       see console-directory.ts, console-groups.ts, console-imports.ts
 *     POST   /devices            NewDevice         → DeviceDetail             409 device.exists
 *     GET    /devices/{id}                         → DeviceDetail
 *     PATCH  /devices/{id}       DevicePatch       → DeviceDetail             enable, disable
 *     DELETE /devices/{id}                         → 204
 *     GET    /devices/{id}/twin                    → TwinView
 *     PATCH  /devices/{id}/twin  { desired }       → TwinView                 merge patch; null removes
 *     POST   /devices/{id}/methods  InvokeMethod   → MethodResult             404 device.notOnline, 504 method.timeout
 *     POST   /devices/{id}/commands NewCommand     → QueuedCommand
 *     GET    /devices/{id}/commands                → QueuedCommand[]          waiting in the queue
 *     DELETE /devices/{id}/commands                → { purged }               empties the queue
 *     GET    /devices/{id}/credentials             → CredentialsView
 *     PUT    /devices/{id}/credentials NewAuthentication → CredentialsView    ends the connection
 *     POST   /devices/{id}/credentials/rotation { which: KeyRotation } → CredentialsView
 *     GET    /devices/{id}/connections             → ConnectionHistory        newest first
 *     GET    /devices/{id}/modules                 → ModuleRow[]
 *     POST   /devices/{id}/modules NewModule       → ModuleDetail             409 module.exists
 *     …      /devices/{id}/modules/{m}[/…]                                    as for the device: GET, PATCH, DELETE, twin, methods,
 *                                                                             commands, credentials, connections
 *     GET    /devices/{id}/files?after=&limit=     → FilePage                 in order of name
 *     GET    /devices/{id}/files/content?name=     → the bytes, as a download that no browser runs
 *     DELETE /devices/{id}/files?name=             → 204
 *     POST   /certificate-facts { pem }            → CertificateFacts         reads, keeps nothing
 *     GET    /certificates                         → AuthorityView[]          certificate authorities, in order of name
 *     POST   /certificates NewAuthority            → AuthorityView
 *     DELETE /certificates/{name}?etag=            → 204                      devices that rely on it are disconnected
 *     POST   /certificates/{name}/verification-code?etag=    → AuthorityView  a new code; the one before is void
 *     POST   /certificates/{name}/verification?etag= { proof } → AuthorityView  takes the proof of possession
 *     GET    /consumer-groups                      → EventReadersView         partitions, groups, who reads which now
 *     POST   /consumer-groups NewConsumerGroup     → ConsumerGroupView        200 when it was there already
 *     DELETE /consumer-groups/{name}               → 204                      its readers are detached
 *     POST   /query              FleetQuery        → FleetQueryPage           400 argument.invalid, with the place in the text
 *     GET    /query/vocabulary                     → QueryVocabulary          for completion
 *     POST   /transfers/container                  → TransferContainer        where the file of an import is put
 *     POST   /transfers          NewTransfer       → JobView                  import or export of identities
 *     GET    /transfers/{jobId}/file               → 302 to what it wrote: devices, or the lines that were refused
 *     POST   /bulk               BulkRequest       → BulkOutcome[]            enables, disables, deletes; not atomic
 *     GET    /saved-queries                        → SavedQuery[]             one's own and the shared, in order of name
 *     POST   /saved-queries NewSavedQuery          → SavedQuery               409 console.savedQueryExists
 *     PUT    /saved-queries/{id} NewSavedQuery     → SavedQuery
 *     DELETE /saved-queries/{id}                   → 204
 *     GET    /devices/{id}/messages?sinceSeconds=&limit= → LiveTelemetry[]    oldest first, at most MESSAGES_PAGE_MAX
 *     GET    /devices/{id}/throttling              → ThrottlingRow[]          last first; nothing when it was never held or refused
 *     GET    /devices/{id}/refusals                → Refusal[]                newest first; also for ids that do not exist
 *     GET    /connection                           → ConnectionInfo           host, ports, CA: what the snippets need
 *     GET    /ca.pem                               → the root certificate     no session needed: it is public
 *     GET    /models/{dtmi}                        → ModelDocument | 404
 *     …      /views/{scope}/{id}                                              see console-views.ts
 *     GET    /audit?cursor=&limit=                 → Page<AuditEntry>         newest first
 *     …      /provisioning[/…]                                                see console-provisioning.ts
 *     GET    /live?deviceId=&sinceSeconds=&messages=&attempts= → text/event-stream  see LiveEvent
 *
 * Every unsafe method carries the header `x-viaduct-csrf` with `Session.csrfToken`. Errors are `ConsoleProblem`.
 */
export const CONSOLE_API = '/console/api';
export const CSRF_HEADER = 'x-viaduct-csrf';
export const MESSAGES_PAGE_MAX = 5_000;

export interface ConsoleProblem {
  readonly code: ErrorCode;
  readonly message: string;
  /** What to do next: the row's advice. */
  readonly advice: string;
  readonly trackingId: string;
  /** Of a query or condition that cannot be understood: where in its text, in characters, so that an editor can underline it. */
  readonly at?: { readonly offset: number; readonly length: number };
}

export interface Session {
  readonly userName: string;
  readonly role: 'administrator';
  readonly csrfToken: string;
}

export interface SignIn {
  readonly userName: string;
  readonly password: string;
}

export interface SetUp {
  readonly token: string;
  readonly userName: string;
  readonly password: string;
}

/** What a valid one-time link offers: the first administrator, or a new password for an existing one. */
export interface SetUpState {
  readonly kind: 'firstAdministrator' | 'newPassword';
  readonly expiresAt: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly cursor?: string;
  readonly total: number;
}

export interface DeviceRow {
  readonly deviceId: string;
  readonly status: 'enabled' | 'disabled';
  readonly connected: boolean;
  /** ISO 8601, or null when the device was never seen. */
  readonly lastSeen: string | null;
  readonly modelId: string | null;
  /** `displayName` of the model, when it is known. */
  readonly modelName: string | null;
}

export interface DeviceDetail extends DeviceRow {
  readonly createdAt: string;
  readonly authentication: 'sas' | 'selfSigned' | 'certificateAuthority' | 'none';
  /** For devices that authenticate by symmetric key; shown on request only. */
  readonly primaryConnectionString: string | null;
  readonly secondaryConnectionString: string | null;
  readonly connectedSince: string | null;
  readonly transport: string | null;
  readonly statusReason: string | null;
  readonly queuedCommands: number;
  /** The id until somebody named it. */
  readonly displayName: string;
  /** Null: unassigned. */
  readonly templateId: string | null;
  /** Of the template that it has, or else what it announced. */
  readonly model: ModelSummary | null;
}

export interface NewDevice {
  readonly deviceId: string;
  /** Absent: keys, made by the server. */
  readonly authentication?: NewAuthentication;
}

export interface DevicePatch {
  readonly status?: 'enabled' | 'disabled';
  /** For whoever asks why; at most LIMITS.STATUS_REASON_CHARACTERS_MAX. Null removes it. */
  readonly statusReason?: string | null;
}

/** The twin as people read it: both sections with the metadata that says when each value was written. */
export interface TwinView {
  readonly version: number;
  readonly desired: TwinSection;
  readonly reported: TwinSection;
  readonly tags: JsonObject;
}

export interface TwinSection {
  readonly version: number;
  readonly values: JsonObject;
  /** The same tree; each object has `$lastUpdated`. */
  readonly metadata: JsonObject;
}

export interface InvokeMethod {
  readonly methodName: string;
  readonly payload: unknown;
  readonly responseTimeoutSeconds?: number;
  readonly connectTimeoutSeconds?: number;
}

export interface MethodResult {
  readonly status: number;
  readonly payload: unknown;
  readonly durationMs: number;
}

export interface NewCommand {
  readonly body: string;
  readonly contentType?: string;
  readonly properties?: Readonly<Record<string, string>>;
  readonly ttlSeconds?: number;
  /** Default: none. Feedback that nobody reads fills the hub's queue of it. */
  readonly ack?: CommandAck;
  /** Of a module: the input it is for. Absent for a command of the module itself, and for devices. */
  readonly inputName?: string;
}

export interface Refusal {
  readonly at: string;
  /** How often the same refusal happened since `firstAt`. */
  readonly count: number;
  readonly firstAt: string;
  readonly code: ErrorCode;
  /** What happened, in words with the facts: "token expired 2 h ago". */
  readonly message: string;
  readonly advice: string;
  readonly transport: string;
  readonly remoteAddress: string;
}

/** Who did what to which object, from where; sign-ins and refusals included. */
export interface AuditEntry {
  readonly id: number;
  readonly at: string;
  /** Null when nobody was signed in; a refused sign-in has the name that was tried. */
  readonly userName: string | null;
  /** `session.open`, `device.create`, `twin.patch`, … */
  readonly action: string;
  readonly object: string | null;
  /** Null when it was done, else why it was refused. */
  readonly code: ErrorCode | null;
  readonly remoteAddress: string;
}

export interface Overview {
  readonly devices: number;
  readonly connected: number;
  readonly messagesPerSecond: number;
  readonly log: { readonly available: boolean; readonly reason: string | null };
  readonly version: string;
  /** The device that `npm start` plugged in, when there is one. */
  readonly thisMachine: string | null;
}

export interface ConnectionInfo {
  readonly hostName: string;
  readonly ports: { readonly mqtt: number; readonly amqp: number; readonly https: number };
  /** Ports that could not be bound and what that means, in words; empty when all is standard. */
  readonly notes: readonly string[];
  readonly caPem: string;
  readonly caSha256: string;
  readonly caFile: string;
  readonly hubConnectionString: string;
  readonly eventHubsConnectionString: string;
}

/**
 * What the one live stream says, as server-sent events: `event:` is `kind`, `id:` is a resume token, `data:` the JSON.
 * The browser sends the token back as `Last-Event-ID`, and the stream goes on where it was: no gap, no repetition.
 *
 *     /live                     presence of every device, and a tick of counters each second
 *     /live?deviceId=d          the same for one device, plus its telemetry, twin changes and refusals
 *     &sinceSeconds=600         begins with that much history
 *     &attempts=true            and the attempts of devices to be provisioned, from now on
 */
export type LiveEvent =
  | ({ readonly kind: 'telemetry' } & LiveTelemetry)
  | {
      readonly kind: 'presence';
      readonly deviceId: string;
      readonly connected: boolean;
      readonly at: string;
      /** Why a device left, in its own stream; null elsewhere, and where the connection history no longer has it. */
      readonly reason: string | null;
    }
  | { readonly kind: 'twin'; readonly deviceId: string; readonly twin: TwinView }
  | { readonly kind: 'registry'; readonly deviceId: string; readonly change: 'created' | 'deleted' | 'updated' }
  | { readonly kind: 'refusal'; readonly deviceId: string; readonly refusal: Refusal }
  | {
      readonly kind: 'tick';
      readonly at: string;
      readonly connected: number;
      readonly messagesPerSecond: number;
      readonly seen: Readonly<Record<string, string>>;
    }
  /** Oldest first. `isCut`: more came than can be told one by one, so the list is to be asked for again. */
  | { readonly kind: 'attempts'; readonly attempts: readonly AttemptView[]; readonly isCut: boolean }
  /** History is complete; what follows is live. */
  | { readonly kind: 'caughtUp' };

export interface LiveTelemetry {
  readonly deviceId: string;
  readonly moduleId: string | null;
  readonly partition: number;
  readonly offset: number;
  /** ISO 8601. */
  readonly enqueuedTime: string;
  readonly bodyBytes: number;
  readonly body: LiveBody;
  readonly contentType: string | null;
  /** Component of the model, when the device named one. */
  readonly component: string | null;
  readonly systemProperties: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
}

export type LiveBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly value: string }
  /** Not UTF-8: base64 of at most the first 4 KiB. */
  | { readonly kind: 'binary'; readonly value: string };

export type JsonObject = { readonly [key: string]: unknown };
