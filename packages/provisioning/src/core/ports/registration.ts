import type { ErrorCode } from '@viaduct/contracts';
import type { Transport } from '@viaduct/hub';
import type { EnrollmentKind } from './enrollment.ts';
import type { IssuedChain } from './issuance.ts';

export type RegistrationStatus = 'unassigned' | 'assigning' | 'assigned' | 'failed' | 'disabled';

export type RegistrationSubstatus =
  | 'initialAssignment'
  | 'deviceDataMigrated'
  | 'deviceDataReset'
  | 'reprovisionedToInitialAssignment';

/** Facts of the certificate that a device was let in with. Times are ms since 1970; hex is upper case. */
export interface CertificateFacts {
  readonly subjectName: string;
  readonly issuerName: string;
  readonly sha1Thumbprint: string;
  readonly sha256Thumbprint: string;
  readonly serialNumber: string;
  readonly version: number;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What a device proved, as much as the assignment needs of it. */
export type Proof =
  /** Which of the enrolment's keys: the hub's device gets both. */
  | { readonly kind: 'symmetricKey'; readonly primaryKey: string; readonly secondaryKey: string }
  | { readonly kind: 'x509'; readonly certificate: CertificateFacts; readonly signer: CertificateFacts | null }
  /** The storage root key is null where neither the device named one nor the enrolment: it may ask then, but not register. */
  | { readonly kind: 'tpm'; readonly endorsementKey: string; readonly storageRootKey: string | null };

/** What a device asked for and is still to get: enough to go on with after a crash. */
export interface PendingAssignment {
  readonly proof: Proof;
  /** `payload` of the request; undefined when there was none. */
  readonly payload?: unknown;
  /** Base64 of a PKCS #10 request. */
  readonly csr?: string;
  /** What was issued for it. */
  readonly issued: IssuedChain | null;
  /** By which name or address the device reached us: it will reach a hub of this server by the same. */
  readonly reachedBy: string | null;
  /** False for clients of before reprovisioning: they are never sent elsewhere. */
  readonly isReevaluated: boolean;
  readonly transport: Transport;
  readonly remoteAddress: string;
  /** When it asked, ms since 1970. */
  readonly startedTime: number;
}

/** A device at a hub, as it is linked. */
export interface DevicePlace {
  readonly hubName: string;
  readonly deviceId: string;
}

/** One device as provisioning knows it: where it was sent, or why not. Times are ms since 1970. */
export interface RegistrationRecord {
  /** As the device wrote it; unique without regard to case. */
  readonly registrationId: string;
  readonly enrollmentKind: EnrollmentKind;
  /** Id of the enrolment that let it in. */
  readonly enrollmentId: string;
  readonly status: RegistrationStatus;
  readonly substatus: RegistrationSubstatus | null;
  /** Of the last time it registered. */
  readonly operationId: string;
  /** Present while `assigning`. */
  readonly pending: PendingAssignment | null;
  /** Linked hub, as it is linked; null until the first assignment. */
  readonly hubName: string | null;
  /** What the device is told to connect to; another name of the same hub where it reached us by another. */
  readonly assignedHub: string | null;
  readonly deviceId: string | null;
  /**
   * Other places where assignments that did not end may have left the device: noted before a hub is asked, and empty once it is assigned,
   * for then the device is nowhere but there.
   */
  readonly touched: readonly DevicePlace[];
  /** Why it failed; null otherwise. */
  readonly refusal: { readonly code: ErrorCode; readonly message: string } | null;
  /** What the allocation webhook wants the device to have. */
  readonly payload?: unknown;
  readonly certificate: CertificateFacts | null;
  readonly signer: CertificateFacts | null;
  /** Base64, leaf first; of the last registration that asked for a certificate. */
  readonly issuedCertificateChain: readonly string[] | null;
  /** Base64: the hub's key, wrapped for the device's TPM. */
  readonly tpmAuthenticationKey: string | null;
  readonly createdTime: number;
  readonly updatedTime: number;
  readonly etag: string;
}

export interface RegistrationStore {
  find(registrationId: string): Promise<RegistrationRecord | undefined>;
  /** Inserts or replaces; `expectedEtag` undefined means that there must be none. False when somebody was faster. */
  save(record: RegistrationRecord, expectedEtag: string | undefined): Promise<boolean>;
  /** False when it is gone or `expectedEtag` does not fit. */
  remove(registrationId: string, expectedEtag: string | undefined): Promise<boolean>;
  /** Of one enrolment, in order of registration id, those after `after`. */
  listOf(query: {
    readonly kind: EnrollmentKind;
    readonly enrollmentId: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly RegistrationRecord[]>;
  /** Of devices that are at this hub, as it is linked; in order of registration id, those after `after`. */
  listAt(query: {
    readonly hubName: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly RegistrationRecord[]>;
  countOf(kind: EnrollmentKind, enrollmentId: string): Promise<number>;
  count(): Promise<number>;
  /** Those that are `assigning`: what a crash left under way. */
  listPending(): Promise<readonly RegistrationRecord[]>;
}

/** Who goes on with registrations that are `assigning`. */
export interface RunsAssignments {
  readonly assignments: {
    /** @throws HubError registration.limitReached (retry): too many wait already */
    requireRoom(): void;
    /** Goes on with a registration that was made durable. Never waits, never throws. */
    begin(registrationId: string): void;
  };
}

export interface KeepsRegistrations {
  readonly registrations: RegistrationStore;
}

/** One time that a device asked to be provisioned, as an operator reads it. Times are ms since 1970. */
export interface AttemptRecord {
  /** Counts up. */
  readonly id: number;
  readonly time: number;
  /** What the device claimed; null when it is no registration id. */
  readonly registrationId: string | null;
  /** Null when none fits. */
  readonly enrollmentKind: EnrollmentKind | null;
  readonly enrollmentId: string | null;
  /** What it had to show. */
  readonly credential: 'symmetricKey' | 'x509' | 'tpm' | 'none';
  readonly transport: Transport;
  readonly remoteAddress: string;
  /** `refused`: was not let in. `failed`: was let in, and could not be assigned. */
  readonly outcome: 'assigned' | 'refused' | 'failed' | 'disabled';
  readonly substatus: RegistrationSubstatus | null;
  readonly assignedHub: string | null;
  readonly deviceId: string | null;
  /** Why not; null when it was assigned. */
  readonly code: ErrorCode | null;
  readonly message: string | null;
  /** From the request to the assignment, ms; null when nothing was assigned or tried. */
  readonly durationMs: number | null;
}

export type NewAttempt = Omit<AttemptRecord, 'id' | 'time'>;

export interface AttemptStore {
  /** Newest first; `before` an id. */
  list(query: {
    readonly before?: number;
    readonly registrationId?: string;
    readonly enrollment?: { readonly kind: EnrollmentKind; readonly id: string };
    readonly limit: number;
  }): Promise<readonly AttemptRecord[]>;
  /** Keeps the newest LIMITS.ATTEMPTS_MAX. Written behind, many at a time. */
  save(attempts: readonly AttemptRecord[]): Promise<void>;
  lastId(): Promise<number>;
}
