import type { CommandMessage, DeviceIdentity } from '@viaduct/contracts';

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
