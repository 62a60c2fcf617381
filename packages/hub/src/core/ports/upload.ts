import type { DeviceIdentity } from '@viaduct/contracts';
import type { BlobPlace } from './blob.ts';

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
