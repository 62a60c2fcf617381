import type { JsonObject } from './console-api.ts';
import type { ErrorCode } from './errors.ts';

/**
 * Provisioning in the console: who may come, who came, who was turned away and why. Shapes only; times are ms since 1970.
 *
 *     GET    /provisioning                                         → ProvisioningView
 *     PUT    /provisioning/settings?etag= ProvisioningSettingsInput → ProvisioningView
 *     GET    /provisioning/enrollments/{kind}?search=&after=&limit= → EnrollmentPage     kind: group, individual
 *     POST   /provisioning/enrollments/{kind} NewEnrollment         → EnrollmentView
 *     GET    /provisioning/enrollments/{kind}/{id}                  → EnrollmentView
 *     PUT    /provisioning/enrollments/{kind}/{id}?etag=&devices= EnrollmentInput → EnrollmentChange
 *     DELETE /provisioning/enrollments/{kind}/{id}?etag=&devices=   → EnrollmentRemoval  devices: see EnrollmentDevices
 *     POST   /provisioning/enrollments/{kind}/{id}/keys             → EnrollmentKeys     shows them; in the audit
 *     POST   /provisioning/enrollments/group/{id}/device-key { registrationId } → DeviceKeys   in the audit too
 *     GET    /provisioning/enrollments/{kind}/{id}/registrations?after=&limit=  → RegistrationPage
 *     DELETE /provisioning/registrations/{id}?etag=                 → 204                the device begins anew
 *     GET    /provisioning/attempts?before=&registrationId=&kind=&enrollmentId=&outcome=&limit= → AttemptPage  newest first
 *     GET    /provisioning/linked-hubs                              → LinkedHubView[]    this server's first
 *     POST   /provisioning/linked-hubs NewLinkedHub                 → LinkedHubView
 *     POST   /provisioning/linked-hubs/trial NewLinkedHub           → LinkedHubTrial     asks it, keeps nothing
 *     PUT    /provisioning/linked-hubs/{hostName}?etag= LinkedHubInput → LinkedHubView
 *     DELETE /provisioning/linked-hubs/{hostName}?etag=             → 204
 *     POST   /provisioning/linked-hubs/{hostName}/trial             → LinkedHubTrial
 *     GET    /provisioning/credential-policies                      → CredentialPoliciesView
 *     POST   /provisioning/credential-policies CredentialPolicyInput → CredentialPolicyView
 *     DELETE /provisioning/credential-policies/{name}?etag=         → 204
 *
 * Attempts come by themselves on `/live?attempts=true`, as the event `attempts`.
 */
export const ALLOCATION_POLICIES = ['hashed', 'geoLatency', 'static', 'custom'] as const;
export type AllocationPolicyName = (typeof ALLOCATION_POLICIES)[number];

export const ENROLLMENT_KINDS = ['group', 'individual'] as const;
export type EnrollmentKindName = (typeof ENROLLMENT_KINDS)[number];

export interface ProvisioningView {
  /** What devices must know besides a host name and their credential. */
  readonly idScope: string;
  /** What devices and back ends connect to. */
  readonly hostName: string;
  /** For back ends: of the policy that may read and write enrolments; null when there is no such policy. */
  readonly connectionString: string | null;
  /** For enrolments that name none. */
  readonly allocationPolicy: AllocationPolicyName;
  readonly counts: { readonly groups: number; readonly individuals: number; readonly hubs: number };
  readonly etag: string;
}

export interface ProvisioningSettingsInput {
  readonly allocationPolicy: AllocationPolicyName;
}

export interface EnrollmentRow {
  readonly kind: EnrollmentKindName;
  /** Registration id of an individual enrolment, else the id of the group. */
  readonly id: string;
  readonly attestation: AttestationView['kind'];
  readonly status: 'enabled' | 'disabled';
  /** When the last of its certificates ends; null where it has none. */
  readonly certificateEnds: number | null;
  readonly createdTime: number;
  readonly updatedTime: number;
}

export interface EnrollmentPage {
  readonly items: readonly EnrollmentRow[];
  /** Of that kind, whatever was searched for. */
  readonly total: number;
  /** Absent on the last page. */
  readonly next?: string;
}

export interface EnrollmentView extends EnrollmentRow {
  readonly proof: AttestationView;
  readonly settings: EnrollmentSettings;
  /** Devices that came through it. */
  readonly registrations: number;
  readonly etag: string;
}

/** What a device must prove; keys are shown on demand. */
export type AttestationView =
  | { readonly kind: 'symmetricKey' }
  /** The device's own certificate. */
  | {
      readonly kind: 'clientCertificates';
      readonly primary: CertificateView;
      readonly secondary: CertificateView | null;
    }
  /** A certificate that must have signed the device's. */
  | {
      readonly kind: 'signingCertificates';
      readonly primary: CertificateView;
      readonly secondary: CertificateView | null;
    }
  /** The same by the names of authorities. */
  | {
      readonly kind: 'caReferences';
      readonly primary: AuthorityReference;
      readonly secondary: AuthorityReference | null;
    }
  /** Base64 of TPM2B_PUBLIC; the storage root key is null where any may come. */
  | { readonly kind: 'tpm'; readonly endorsementKey: string; readonly storageRootKey: string | null };

export interface CertificateView {
  readonly subject: string;
  readonly issuer: string;
  /** SHA-256, hex, upper case. */
  readonly thumbprint: string;
  readonly validFrom: number;
  readonly validTo: number;
  readonly pem: string;
}

export interface AuthorityReference {
  readonly name: string;
  /** Null when there is no such authority any more. */
  readonly certificate: CertificateView | null;
  readonly isVerified: boolean;
}

/** What becomes of a device that comes. */
export interface EnrollmentSettings {
  /** Individual: the device id at the hub; null for the registration id. */
  readonly deviceId: string | null;
  readonly isEdge: boolean;
  readonly initialTwin: { readonly tags: JsonObject; readonly desired: JsonObject };
  /** Whether a device that comes back may be given another hub, and whether its twin goes with it. */
  readonly mayMove: boolean;
  readonly keepsTwin: boolean;
  /** Null for that of the service. */
  readonly allocationPolicy: AllocationPolicyName | null;
  /** Linked hubs that may be chosen; empty for all. */
  readonly hubs: readonly string[];
  /** Of the policy `custom`. */
  readonly webhookUrl: string | null;
  /** By which policy certificates are issued; null for none. */
  readonly credentialPolicy: string | null;
}

/** `PEM` in, keys in base64. Without keys, they are made, or stay as they are. */
export type AttestationInput =
  | { readonly kind: 'symmetricKey'; readonly primaryKey?: string; readonly secondaryKey?: string }
  | { readonly kind: 'clientCertificates'; readonly primary: string; readonly secondary: string | null }
  | { readonly kind: 'signingCertificates'; readonly primary: string; readonly secondary: string | null }
  | { readonly kind: 'caReferences'; readonly primary: string; readonly secondary: string | null }
  | { readonly kind: 'tpm'; readonly endorsementKey: string; readonly storageRootKey: string | null };

/** What is absent stays as it is. */
export interface EnrollmentInput {
  readonly proof?: AttestationInput;
  readonly status?: 'enabled' | 'disabled';
  readonly settings?: Partial<EnrollmentSettings>;
}

export interface NewEnrollment extends EnrollmentInput {
  readonly id: string;
  readonly proof: AttestationInput;
}

/** What happens at once to the devices that came through an enrolment which is disabled, enabled or removed. */
export const ENROLLMENT_DEVICES = ['leave', 'disable', 'enable', 'delete'] as const;
export type EnrollmentDevices = (typeof ENROLLMENT_DEVICES)[number];

/** What became of them; null when nothing was to happen. */
export interface DevicesChanged {
  readonly changed: number;
  readonly failed: number;
  /** Why, of the first of those that failed. */
  readonly refused: readonly { readonly registrationId: string; readonly message: string }[];
}

export interface EnrollmentChange {
  readonly enrollment: EnrollmentView;
  readonly devices: DevicesChanged | null;
}

export interface EnrollmentRemoval {
  readonly devices: DevicesChanged | null;
}

export interface EnrollmentKeys {
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

/** Keys of one device of a group, derived from the group's. */
export interface DeviceKeys extends EnrollmentKeys {
  readonly registrationId: string;
}

export interface RegistrationView {
  readonly registrationId: string;
  readonly status: 'unassigned' | 'assigning' | 'assigned' | 'failed' | 'disabled';
  readonly substatus: string | null;
  readonly deviceId: string | null;
  readonly assignedHub: string | null;
  /** Whether the hub is this server's, so that the device has a page here. */
  readonly isHere: boolean;
  /** Why it failed. */
  readonly message: string | null;
  /** When the certificate ends that it came with. */
  readonly certificateEnds: number | null;
  readonly createdTime: number;
  readonly updatedTime: number;
  readonly etag: string;
}

export interface RegistrationPage {
  readonly items: readonly RegistrationView[];
  readonly next?: string;
}

export const ATTEMPT_OUTCOMES = ['assigned', 'refused', 'failed', 'disabled'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** One time that a device asked to be provisioned. */
export interface AttemptView {
  /** Counts up. */
  readonly id: number;
  readonly time: number;
  /** What the device claimed; null when it was no registration id. */
  readonly registrationId: string | null;
  /** Null when none fits. */
  readonly enrollment: { readonly kind: EnrollmentKindName; readonly id: string } | null;
  readonly credential: 'symmetricKey' | 'x509' | 'tpm' | 'none';
  readonly transport: string;
  readonly remoteAddress: string;
  /** `refused`: was not let in. `failed`: was let in, and could not be assigned. */
  readonly outcome: AttemptOutcome;
  readonly substatus: string | null;
  readonly assignedHub: string | null;
  readonly deviceId: string | null;
  readonly isHere: boolean;
  /** Why not, in words, and what to do; null when it was assigned. */
  readonly code: ErrorCode | null;
  readonly message: string | null;
  readonly advice: string | null;
  /** From the request to the assignment; null when it was refused. */
  readonly durationMs: number | null;
}

export interface AttemptPage {
  readonly items: readonly AttemptView[];
  /** Older ones are before this id; absent when there are none. */
  readonly before?: number;
  /** Refusals since the server started that were counted and not listed: one too many from their address. */
  readonly unlisted: number;
}

export interface LinkedHubView {
  readonly hostName: string;
  /** `local` is this server: it is always linked. */
  readonly kind: 'local' | 'remote';
  /** Of the connection string; null for the local one. The key is never shown. */
  readonly policyName: string | null;
  readonly hasOwnAuthority: boolean;
  readonly allocationWeight: number;
  readonly takesNewDevices: boolean;
  readonly createdTime: number;
  readonly updatedTime: number;
  readonly etag: string;
}

/** What is absent stays as it is. */
export interface LinkedHubInput {
  readonly connectionString?: string;
  /** PEM of the authority that signed the hub's certificate; null for those that the machine trusts. */
  readonly caPem?: string | null;
  readonly allocationWeight?: number;
  readonly takesNewDevices?: boolean;
}

export interface NewLinkedHub extends LinkedHubInput {
  readonly connectionString: string;
}

/** It answered, and its policy suffices. */
export interface LinkedHubTrial {
  readonly hostName: string;
  readonly latencyMs: number;
}

export const CERTIFICATE_KEY_TYPES = ['EC-P256', 'EC-P384', 'RSA-2048', 'RSA-3072', 'RSA-4096'] as const;
export type CertificateKeyTypeName = (typeof CERTIFICATE_KEY_TYPES)[number];

export interface CredentialPolicyInput {
  readonly name: string;
  readonly validityDays: number;
  readonly keyTypes: readonly CertificateKeyTypeName[];
}

export interface CredentialPolicyView extends CredentialPolicyInput {
  readonly createdTime: number;
  readonly updatedTime: number;
  readonly etag: string;
}

export interface CredentialPoliciesView {
  readonly policies: readonly CredentialPolicyView[];
  /** Who signs what devices ask for. */
  readonly issuer: CertificateView;
}
