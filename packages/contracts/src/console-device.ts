import type { DeviceDetail, LiveBody } from './console-api.ts';
import type { ErrorCode } from './errors.ts';

/**
 * What the console's device page shows beyond twin and telemetry: modules, credentials, files, connections that were.
 * Shapes only; the routes are listed in console-api.ts. Times are ISO 8601.
 */

/** A module as the device page lists it. */
export interface ModuleRow extends Omit<DeviceDetail, 'model'> {
  readonly moduleId: string;
}

/** A module as its own page shows it: all that a device has. */
export interface ModuleDetail extends DeviceDetail {
  readonly moduleId: string;
}

export interface NewModule {
  readonly moduleId: string;
  readonly authentication?: NewAuthentication;
}

/** How a device or module is to prove who it is. Keys that are absent are made; thumbprints are hex, colons allowed. */
export type NewAuthentication =
  | { readonly type: 'sas'; readonly primaryKey?: string; readonly secondaryKey?: string }
  | { readonly type: 'selfSigned'; readonly primaryThumbprint: string; readonly secondaryThumbprint?: string }
  | { readonly type: 'certificateAuthority' };

export interface CredentialsView {
  readonly authentication: DeviceDetail['authentication'];
  readonly status: 'enabled' | 'disabled';
  readonly statusReason: string | null;
  /** Null while the status is the first it ever had. */
  readonly statusChangedAt: string | null;
  readonly primaryKey: string | null;
  readonly secondaryKey: string | null;
  readonly primaryConnectionString: string | null;
  readonly secondaryConnectionString: string | null;
  /** What a client that has a certificate is given: no secret is in it. Null for keys. */
  readonly certificateConnectionString: string | null;
  readonly primaryThumbprint: string | null;
  readonly secondaryThumbprint: string | null;
}

/** Which key a rotation makes anew; `swap` makes none and exchanges the two. */
export type KeyRotation = 'primary' | 'secondary' | 'swap';

/** What a certificate says of itself: read from a PEM that somebody pasted, nothing of it is kept. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** The common name; what a hub compares with the device id. Null when the subject has none. */
  readonly commonName: string | null;
  /** Hex, upper case. */
  readonly sha256: string;
  readonly sha1: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly isAuthority: boolean;
}

/** What throttling did to one operation of a device, since the server began. */
export interface ThrottlingRow {
  readonly operation: string;
  readonly heldCount: number;
  readonly refusedCount: number;
  readonly lastAt: string;
  /** Whose limit it was: the device's own, or that of all together. */
  readonly scope: 'device' | 'hub';
  readonly limitPerSecond: number;
}

/** A file that a device uploaded. */
export interface DeviceFile {
  /** Below the device's folder; may have slashes. */
  readonly name: string;
  readonly bytes: number;
  readonly modifiedAt: string;
  readonly contentType: string | null;
}

/** Files in order of name. */
export interface FilePage {
  readonly items: readonly DeviceFile[];
  /** `after` of the next page; absent on the last. */
  readonly cursor?: string;
}

/** One stay of a device, newest first in lists. */
export interface ConnectionStay {
  readonly connectedAt: string;
  /** Null while it lasts. */
  readonly disconnectedAt: string | null;
  readonly transport: string;
  readonly remoteAddress: string;
  /** Why it ended; null while it lasts and when the device left in order. */
  readonly reason: { readonly code: ErrorCode; readonly message: string; readonly advice: string } | null;
}

export interface ConnectionHistory {
  readonly stays: readonly ConnectionStay[];
  /** What is before this is not known: older stays were forgotten. Null when all there ever was is here. */
  readonly knownSince: string | null;
}

/** A command in the queue, with as much of it as people read. */
export interface QueuedCommand {
  readonly messageId: string;
  readonly sequenceNumber: number;
  readonly enqueuedAt: string;
  readonly expiresAt: string;
  readonly deliveryCount: number;
  readonly state: 'waiting' | 'delivered';
  /** Until when the device may settle it; then it waits again. Null while it waits. */
  readonly lockedUntil: string | null;
  readonly ack: CommandAck;
  readonly contentType: string | null;
  /** The input of a module that it is for; null for all others. */
  readonly inputName: string | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  /** The beginning, at most LIMITS.COMMAND_PREVIEW_BYTES_MAX of it. */
  readonly preview: LiveBody;
  readonly isPreviewCut: boolean;
}

/** Which outcomes of a command a back end is told of. */
export type CommandAck = 'none' | 'positive' | 'negative' | 'full';
