/**
 * What the core needs from the outside, one small capability an interface. A use case asks for an intersection of those it
 * uses, so its signature tells what it can touch. `main.ts` of the server decides who fills them.
 */
import type { Readable } from 'node:stream';
import type { CommandMessage, DeviceIdentity, ErrorCode } from '@viaduct/contracts';
import type { EventLog } from '@viaduct/log';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export interface TellsTime {
  readonly clock: Clock;
}

export interface Randomness {
  bytes(count: number): Buffer;
}

export interface MakesRandomness {
  readonly random: Randomness;
}

/** The log has `2 × eventPartitions` partitions: [0, n) is telemetry, [n, 2n) what happened to devices (ADR 0004). */
export interface AppendsToLog {
  readonly log: EventLog;
  readonly eventPartitions: number;
}

/** The names under which this hub may be addressed in tokens; lower case; the first is the one we give out. */
export interface KnowsItsNames {
  readonly hostNames: readonly string[];
}

// ---- identities ------------------------------------------------------------------------------------------------------

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
  /** Ids after this one, in order of id. */
  readonly after?: string;
  readonly limit: number;
}

export interface RegistryStore {
  find(identity: DeviceIdentity): Promise<RegistryEntry | undefined>;
  /** With the initial twin, in one transaction. False when the identity exists, or a module's device does not. */
  insert(entry: RegistryEntry, twin: TwinRecord): Promise<boolean>;
  /** All but the model. False when `expectedEtag` is not the stored one (another writer was faster) or the entry is gone. */
  replace(entry: RegistryEntry, expectedEtag: string): Promise<boolean>;
  /** What the device announced; leaves the etag alone. Nothing happens when the entry is gone. */
  saveModel(identity: DeviceIdentity, modelId: string): Promise<void>;
  /** With its modules, twin, commands and session. False when it is gone or `expectedEtag` does not fit. */
  remove(identity: DeviceIdentity, expectedEtag: string | undefined): Promise<boolean>;
  list(query: ListDevices): Promise<readonly (RegistryEntry & Presence)[]>;
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

/** Rights of a shared access policy. */
export type Right = 'RegistryRead' | 'RegistryWrite' | 'ServiceConnect' | 'DeviceConnect';

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

// ---- twins -----------------------------------------------------------------------------------------------------------

export type JsonObject = { readonly [key: string]: unknown };

export interface TwinSectionRecord {
  readonly values: JsonObject;
  /** Mirrors `values`: every object has `$lastUpdated` (and `$lastUpdatedVersion` in desired), every leaf such an object. */
  readonly metadata: JsonObject;
  /** Counts accepted writes of this section; starts at 1. */
  readonly version: number;
}

export interface TwinRecord extends DeviceIdentity {
  /** Counts writes of tags and desired; starts at 2, as Azure's does. */
  readonly version: number;
  readonly etag: string;
  readonly tags: JsonObject;
  readonly desired: TwinSectionRecord;
  readonly reported: TwinSectionRecord;
  /** Counts every write: what optimistic saving compares. */
  readonly revision: number;
}

export interface TwinStore {
  find(identity: DeviceIdentity): Promise<TwinRecord | undefined>;
  /** Durable when it resolves. False when somebody saved since `expectedRevision`. */
  save(twin: TwinRecord, expectedRevision: number): Promise<boolean>;
}

export interface KeepsTwins {
  readonly twins: TwinStore;
}

// ---- commands (cloud to device) ----------------------------------------------------------------------------------------

export interface CommandRecord extends CommandMessage {
  readonly identity: DeviceIdentity;
  /** Of the device when the command was sent: feedback names it. A command does not outlive its device. */
  readonly generationId: string;
  readonly sequenceNumber: number;
  readonly enqueuedTime: number;
  readonly expiryTime: number;
  /** How often it was handed out and came back by abandon. */
  readonly deliveryCount: number;
  /** A GUID while it is handed out, else null. */
  readonly lockToken: string | null;
  readonly lockedUntil: number;
}

export type CommandOutcome = 'Success' | 'Expired' | 'DeliveryCountExceeded' | 'Rejected' | 'Purged';

/** What a back end hears about a command; the wire's field names. */
export interface FeedbackRecord {
  readonly originalMessageId: string;
  readonly description: CommandOutcome;
  readonly statusCode: CommandOutcome;
  readonly deviceGenerationId: string;
  readonly deviceId: string;
  readonly enqueuedTimeUtc: string;
}

export interface FeedbackBatch {
  readonly lockToken: string;
  readonly enqueuedTime: number;
  readonly deliveryCount: number;
  readonly records: readonly FeedbackRecord[];
}

/**
 * Which commands a connection takes: those without an input name (`devicebound`), those for a module's inputs (`inputs`),
 * or both. A device has no inputs, so `any` is all it needs.
 */
export type CommandKind = 'any' | 'devicebound' | 'inputs';

/** What the back end is told about a command that is being removed; kept in the same transaction as the removal. */
export type FeedbackFor = (command: CommandRecord) => FeedbackRecord | undefined;

export interface CommandStore {
  /** Durable when it resolves; undefined when the queue holds `depthMax` already. */
  enqueue(
    command: Omit<CommandRecord, 'sequenceNumber' | 'deliveryCount' | 'lockToken' | 'lockedUntil'>,
    depthMax: number,
  ): Promise<CommandRecord | undefined>;
  /** The oldest waiting command of this kind that has not expired, now locked; undefined when none waits. Locks that ran out count as waiting. */
  lockNext(
    identity: DeviceIdentity,
    lockToken: string,
    now: number,
    lockedUntil: number,
    kind: CommandKind,
  ): Promise<CommandRecord | undefined>;
  /** Removes a locked command and returns it; undefined when the lock is lost. */
  takeLocked(identity: DeviceIdentity, lockToken: string, feedback: FeedbackFor): Promise<CommandRecord | undefined>;
  /** Back to the queue with one delivery counted; removed at `deliveriesMax`. Undefined when the lock is lost. */
  abandon(
    identity: DeviceIdentity,
    lockToken: string,
    deliveriesMax: number,
    feedback: FeedbackFor,
  ): Promise<CommandRecord | undefined>;
  /** What these locks hold is waiting again, uncounted; locks that are lost by now are passed over. */
  unlock(identity: DeviceIdentity, lockTokens: readonly string[]): Promise<void>;
  /** Locks that ran out, of commands and of feedback, are undone; whose commands wait again. At most `limit`. */
  unlockLapsed(now: number, limit: number): Promise<readonly DeviceIdentity[]>;
  /** Removes and returns what expired and is not in a device's hands, at most `limit`. */
  takeExpired(now: number, limit: number, feedback: FeedbackFor): Promise<readonly CommandRecord[]>;
  /** Removes and returns all of one device's. */
  purge(identity: DeviceIdentity, feedback: FeedbackFor): Promise<readonly CommandRecord[]>;
  list(identity: DeviceIdentity): Promise<readonly CommandRecord[]>;
  depth(identity: DeviceIdentity): Promise<number>;
  /** At most `limit` of the oldest records, locked together; undefined when none waits. */
  lockFeedback(lockToken: string, now: number, lockedUntil: number, limit: number): Promise<FeedbackBatch | undefined>;
  completeFeedback(lockToken: string): Promise<boolean>;
  /** Back to the queue with one delivery counted; removed at `deliveriesMax`. */
  unlockFeedback(lockToken: string, deliveriesMax: number): Promise<boolean>;
  /** Feedback waits that did not before. Returns how to stop listening. */
  onFeedback(listener: () => void): () => void;
}

export interface KeepsCommands {
  readonly commands: CommandStore;
}

// ---- what survives a connection ------------------------------------------------------------------------------------------

/** MQTT session of an identity that connects with cleanSession=0: its filters and granted QoS. */
export interface SubscriptionStore {
  find(identity: DeviceIdentity): Promise<ReadonlyMap<string, 0 | 1> | undefined>;
  save(identity: DeviceIdentity, subscriptions: ReadonlyMap<string, 0 | 1>): Promise<void>;
  remove(identity: DeviceIdentity): Promise<void>;
}

export interface KeepsSubscriptions {
  readonly subscriptions: SubscriptionStore;
}

// ---- blobs -------------------------------------------------------------------------------------------------------------

/** Where a blob is. The name is any well-formed text of 1 to LIMITS.BLOB_NAME_CHARACTERS_MAX characters, slashes and dots included. */
export interface BlobPlace {
  readonly container: string;
  readonly name: string;
}

/** What its writer says about a blob's content; null where he says nothing. */
export interface BlobHeaders {
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly contentLanguage: string | null;
  readonly contentDisposition: string | null;
  readonly cacheControl: string | null;
  /** Base64. Of a blob that was put whole it is computed; of one made of blocks it is what the writer says. */
  readonly contentMd5: string | null;
}

export interface BlobRecord extends BlobPlace, BlobHeaders {
  readonly bytes: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Bare. Changes with every write. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly createdTime: number;
  readonly modifiedTime: number;
}

export interface NewBlob {
  readonly headers: BlobHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  /** Looks at what is there when the new blob takes its place, and throws to stop it. */
  readonly guard?: BlobGuard;
}

/** Judges a write by what is there, in the transaction that writes. Throws a refusal, or lets it pass. */
export type BlobGuard = (current: BlobRecord | undefined) => void;

/** A part of a blob, staged or committed. */
export interface BlobBlock {
  /** Base64, as the writer chose it. */
  readonly id: string;
  readonly bytes: number;
}

export interface BlockChoice {
  readonly id: string;
  /** Where to look: among the blob's own blocks, the staged ones, or the staged ones first. */
  readonly from: 'committed' | 'uncommitted' | 'latest';
}

/** Bytes `start` to `end`, both counted in. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ListBlobs {
  readonly container: string;
  /** Names that begin so. */
  readonly prefix?: string;
  /** Names after this one, in the order of their UTF-8 bytes. */
  readonly after?: string;
  /** Names not before this one. */
  readonly from?: string;
  readonly limit: number;
}

/** Content on its way in: chunks, and what they must come to. */
export interface BlobBody {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Declared length; a body of another length is refused and nothing is kept. Undefined when it was not declared. */
  readonly bytes: number | undefined;
  /** Base64; a body with another digest is refused and nothing is kept. */
  readonly md5: string | undefined;
}

export interface BlobStats {
  readonly blobs: number;
  readonly bytes: number;
  readonly stagedBlocks: number;
  readonly stagedBytes: number;
}

/**
 * Content by name. What a write resolved for is on disk; a reader sees the old content or the new, whole, also after a crash.
 *
 * Every write throws HubError blob.md5Mismatch, blob.tooLarge, blob.bodyIncomplete, store.unavailable (retry: the disk is
 * full), and leaves nothing behind then.
 */
export interface BlobStore {
  find(place: BlobPlace): Promise<BlobRecord | undefined>;
  /** In the order of the names' UTF-8 bytes. */
  list(query: ListBlobs): Promise<readonly BlobRecord[]>;
  /** Replaces what is there, and drops its staged blocks. */
  put(place: BlobPlace, body: BlobBody, blob: NewBlob): Promise<BlobRecord>;
  /** Resolves to the digest, base64. @throws HubError blob.tooManyBlocks, blob.stageFull as well */
  stageBlock(place: BlobPlace, blockId: string, body: BlobBody): Promise<string>;
  /** Makes the blob of these blocks and drops what is staged besides. @throws HubError blob.blockListInvalid as well */
  commitBlocks(place: BlobPlace, blocks: readonly BlockChoice[], blob: NewBlob): Promise<BlobRecord>;
  blocks(
    place: BlobPlace,
  ): Promise<{ readonly committed: readonly BlobBlock[]; readonly staged: readonly BlobBlock[] }>;
  /** Headers and metadata where given. Undefined when there is no such blob. */
  update(
    place: BlobPlace,
    change: {
      readonly headers?: BlobHeaders;
      readonly metadata?: Readonly<Record<string, string>>;
      readonly guard?: BlobGuard;
    },
  ): Promise<BlobRecord | undefined>;
  /**
   * The blob and its content; the stream is of this version, however often the blob is written meanwhile. The caller reads the
   * stream to its end or destroys it.
   */
  open(
    place: BlobPlace,
    range?: (blob: BlobRecord) => ByteRange | undefined,
  ): Promise<
    { readonly blob: BlobRecord; readonly range: ByteRange | undefined; readonly stream: Readable } | undefined
  >;
  /** With its staged blocks. False when there is no such blob. */
  remove(place: BlobPlace, guard?: BlobGuard): Promise<boolean>;
  /** What was staged for a blob and not committed. */
  discardStaged(place: BlobPlace): Promise<void>;
  /** What was staged for blobs of which no block came since this time; at most `limit` blobs. */
  discardStagedBefore(time: number, limit: number): Promise<void>;
  readonly stats: BlobStats;
}

export interface KeepsBlobs {
  readonly blobs: BlobStore;
}

/** What signs access to blobs. The account's name is part of what is signed. */
export interface SignsBlobs {
  readonly blobKey: Buffer;
}

// ---- uploads -----------------------------------------------------------------------------------------------------------

/** A device's permission to write one blob, until it tells how that went. Times are ms since 1970. */
export interface UploadRecord extends BlobPlace {
  readonly identity: DeviceIdentity;
  readonly correlationId: string;
  /** By which the device reaches the blobs; with a port where it is not 443. */
  readonly hostName: string;
  readonly startedTime: number;
  readonly expiryTime: number;
}

/** What back ends hear about a file. Times are ms since 1970. */
export interface FileNotification {
  readonly deviceId: string;
  readonly blobUri: string;
  readonly blobName: string;
  readonly lastUpdatedTime: number;
  readonly blobSizeInBytes: number;
  readonly enqueuedTime: number;
}

export interface LockedFileNotification extends FileNotification {
  readonly lockToken: string;
  readonly deliveryCount: number;
}

export interface UploadStore {
  /** Durable when it resolves; false when the identity has `activeMax` unexpired ones already. */
  insert(upload: UploadRecord, activeMax: number): Promise<boolean>;
  find(correlationId: string): Promise<UploadRecord | undefined>;
  /** Others of the same blob that have not ended. */
  countOthers(upload: UploadRecord, now: number): Promise<number>;
  /** Ends it, and queues what back ends are told of it, in one. False when somebody else ended it. */
  finish(correlationId: string, notification: FileNotification | undefined): Promise<boolean>;
  /** Those whose time ran out since `after`, oldest first. */
  listExpired(after: number, now: number, limit: number): Promise<readonly UploadRecord[]>;
  /** Forgets those that ran out before this time. */
  forgetExpired(before: number): Promise<void>;
  countActive(now: number): Promise<number>;

  /** The oldest notification that waits and was queued after `expiredBefore`, now locked. */
  lockNotification(
    lockToken: string,
    now: number,
    lockedUntil: number,
    expiredBefore: number,
  ): Promise<LockedFileNotification | undefined>;
  completeNotification(lockToken: string): Promise<boolean>;
  /** Back to the queue with one delivery counted; removed at `deliveriesMax`. */
  unlockNotification(lockToken: string, deliveriesMax: number): Promise<boolean>;
  /** Notifications queued before `expiredBefore` are gone; locks that ran out are undone. */
  sweepNotifications(now: number, expiredBefore: number): Promise<void>;
  /** A notification waits that did not before. Returns how to stop listening. */
  onNotification(listener: () => void): () => void;
}

export interface KeepsUploads {
  readonly uploads: UploadStore;
}

// ---- certificate authorities -------------------------------------------------------------------------------------------------

/** An authority whose signature on a device's certificate lets that device in, once it is verified. Times are ms since 1970. */
export interface CaCertificateRecord {
  /** Chosen by the operator; unique without regard to case. */
  readonly name: string;
  readonly pem: string;
  /** Distinguished name as OpenSSL prints it in one line. */
  readonly subject: string;
  /** SHA-1 in hex, upper case. */
  readonly thumbprint: string;
  readonly validFrom: number;
  readonly validTo: number;
  readonly createdTime: number;
  readonly updatedTime: number;
  /** Whether possession of its private key was proved. */
  readonly isVerified: boolean;
  /** What the proof must be made out to; null when none was asked for. */
  readonly verificationCode: string | null;
  readonly etag: string;
}

export interface CertificateStore {
  list(): Promise<readonly CaCertificateRecord[]>;
  find(name: string): Promise<CaCertificateRecord | undefined>;
  /** False when the name is taken. */
  insert(record: CaCertificateRecord): Promise<boolean>;
  /** False when `expectedEtag` is not the stored one or the record is gone. */
  replace(record: CaCertificateRecord, expectedEtag: string): Promise<boolean>;
  remove(name: string, expectedEtag: string | undefined): Promise<boolean>;
}

export interface KeepsCertificates {
  readonly certificates: CertificateStore;
}

// ---- connections that were -----------------------------------------------------------------------------------------------

/** One stay of an identity, as the console tells it. Times are ms since 1970. */
export interface ConnectionRecord extends DeviceIdentity {
  readonly transport: Transport;
  readonly remoteAddress: string;
  readonly connectedTime: number;
  /** Null while it lasts. */
  readonly disconnectedTime: number | null;
  /** Why it ended; null while it lasts and when the device left in order. */
  readonly reason: { readonly code: ErrorCode; readonly message: string } | null;
}

export interface ConnectionStore {
  /** Newest first; bounded by LIMITS.CONNECTIONS_PER_DEVICE_MAX. */
  list(identity: DeviceIdentity): Promise<readonly ConnectionRecord[]>;
  /** Written behind, many at a time; equal identity and connectedTime replace. The oldest of an identity go past the bound. */
  save(records: readonly ConnectionRecord[]): Promise<void>;
  /** At start: ends what a crash left open, with this reason. Returns whose stay was ended. */
  endAll(
    now: number,
    reason: { readonly code: ErrorCode; readonly message: string },
  ): Promise<readonly ConnectionRecord[]>;
}

export interface KeepsConnections {
  readonly connections: ConnectionStore;
}

// ---- throttling ------------------------------------------------------------------------------------------------------------

/** What is counted, and limited apart. */
export type ThrottledOperation =
  | 'connect'
  | 'telemetry'
  | 'twinRead'
  | 'twinUpdate'
  | 'commandReceive'
  | 'fileUpload'
  | 'commandSend'
  | 'method'
  | 'registry';

/** Whose bucket was empty: the device's own, or the one that all share. */
export type ThrottleScope = 'device' | 'hub';

export interface Throttle {
  /**
   * Takes `count` operations from the device's bucket and the hub's. Returns how long the gateway holds the acknowledgement or
   * the answer, ms; 0 for not at all.
   *
   * @throws HubError throttle.exceeded when it would be held longer than LIMITS.THROTTLE_HOLD_SECONDS_MAX; nothing is taken then
   */
  take(identity: DeviceIdentity | null, operation: ThrottledOperation, count?: number): number;
  /**
   * Counts a message against the quota of the day, in pieces of LIMITS.QUOTA_PIECE_BYTES.
   *
   * @throws HubError quota.dailyExceeded; it is not counted then
   */
  countMessage(bytes: number): void;
  /** What was held or refused of one device, last first; empty when nothing was, or when it is forgotten. */
  stateOf(identity: DeviceIdentity): readonly ThrottleState[];
  readonly totals: readonly ThrottleTotals[];
  /** Null without a quota. */
  readonly quota: { readonly used: number; readonly max: number } | null;
}

/** How one operation of one device fared. */
export interface ThrottleState {
  readonly operation: ThrottledOperation;
  readonly heldCount: number;
  readonly refusedCount: number;
  /** When it was held or refused last, ms since 1970. */
  readonly lastTime: number;
  /** Whose bucket it was then, and what that lets through. */
  readonly scope: ThrottleScope;
  readonly limitPerSecond: number;
}

/** Since the start, of all devices. */
export interface ThrottleTotals {
  readonly operation: ThrottledOperation;
  readonly scope: ThrottleScope;
  readonly heldCount: number;
  readonly heldMs: number;
  readonly refusedCount: number;
}

/** Messages that were counted on one UTC day, so that a restart does not give them back. */
export interface QuotaStore {
  /** 0 when nothing was counted. `day` counts from 1970-01-01. */
  used(day: number): Promise<number>;
  /** Replaces; days before this one are forgotten. */
  save(day: number, used: number): Promise<void>;
}

export interface Throttles {
  /** Null when nothing is limited, which is the default: the hot path pays for one comparison. */
  readonly throttle: Throttle | null;
}

// ---- refusals ----------------------------------------------------------------------------------------------------------

/** Something a client was refused, as an operator reads it. Equal ones of a device in a row are counted, not repeated. */
export interface RefusalRecord {
  /** The id the client claimed; it need not exist. Null when it claimed none that is valid. */
  readonly deviceId: string | null;
  readonly code: ErrorCode;
  readonly message: string;
  readonly transport: Transport;
  readonly remoteAddress: string;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly count: number;
}

export type NewRefusal = Omit<RefusalRecord, 'firstTime' | 'lastTime' | 'count'>;

export interface RefusalStore {
  /** Newest first; bounded by LIMITS.REFUSALS_PER_DEVICE_MAX. `null` asks for those without a device. */
  list(deviceId: string | null): Promise<readonly RefusalRecord[]>;
  save(refusals: readonly RefusalRecord[]): Promise<void>;
}

export type Transport = 'mqtt' | 'mqtt-ws' | 'amqp' | 'amqp-ws' | 'https';
