/** By which rules certificates are issued to devices. Times are ms since 1970. */
export interface CredentialPolicyRecord {
  /** Unique without regard to case. */
  readonly name: string;
  /** How long an issued certificate holds, days. */
  readonly validityDays: number;
  readonly keyTypes: readonly CertificateKeyType[];
  readonly createdTime: number;
  readonly updatedTime: number;
  readonly etag: string;
}

export type CertificateKeyType = 'EC-P256' | 'EC-P384' | 'RSA-2048' | 'RSA-3072' | 'RSA-4096';

export interface CredentialPolicyStore {
  /** In order of name; the same objects until one changes. */
  list(): Promise<readonly CredentialPolicyRecord[]>;
  find(name: string): Promise<CredentialPolicyRecord | undefined>;
  /** False when the name is taken. */
  insert(record: CredentialPolicyRecord): Promise<boolean>;
  /** False when `expectedEtag` is not the stored one or the record is gone. */
  replace(record: CredentialPolicyRecord, expectedEtag: string): Promise<boolean>;
  remove(name: string, expectedEtag: string | undefined): Promise<boolean>;
}

export interface KeepsCredentialPolicies {
  readonly credentialPolicies: CredentialPolicyStore;
}

/** Signs what devices ask for, by a policy. */
export interface IssuesCertificates {
  readonly issuer: {
    /**
     * Checks a request and signs it. The authority that signs is registered with the hub by then.
     *
     * @throws HubError csr.invalid, credentialPolicy.notFound, certificate.tooMany, store.unavailable (retry)
     */
    issue(request: {
      readonly policyName: string;
      /** What the request must be made out to: the registration id. */
      readonly commonName: string;
      /** What the certificate is made out to, and the request may be, too; `commonName` when absent. */
      readonly deviceId?: string;
      /** Base64 of a PKCS #10 request. */
      readonly csr: string;
    }): Promise<IssuedChain>;
    /** PEM of the authority that signs, for hubs that must trust it. Made when there is none yet. */
    readonly issuingCertificate: () => Promise<string>;
    /** Every authority whose certificates may still hold, the one that signs now first. None is made. */
    authorities(): Promise<readonly IssuingAuthority[]>;
    /** Registration ids to which certificates were issued that are made out to this device and hold. */
    registrationsOf(deviceId: string): Promise<readonly string[]>;
  };
}

export interface IssuedChain {
  /** Base64 of DER: leaf, issuing authority, root. */
  readonly chain: readonly string[];
  /** SHA-256 of the leaf, hex, upper case. */
  readonly thumbprint: string;
  readonly notAfter: number;
}

/** An authority that signs, or signed, certificates of devices. Times are ms since 1970. */
export interface IssuingAuthority {
  readonly pem: string;
  readonly rootPem: string;
  readonly validFrom: number;
  readonly validTo: number;
  /** Nothing that it signed holds longer; a little late rather than early. */
  readonly leavesUntil: number;
}

/** As it is kept: a root (`rootId` null), or one that a root signed. */
export interface AuthorityRecord {
  /** Counts up. */
  readonly id: number;
  readonly rootId: number | null;
  readonly pem: string;
  /** Base64 of PKCS #8. */
  readonly privateKey: string;
  readonly validFrom: number;
  readonly validTo: number;
  readonly leavesUntil: number;
}

/** Authorities, and what they signed for whom. */
export interface AuthorityStore {
  /** In order of id. */
  list(): Promise<readonly AuthorityRecord[]>;
  insert(record: Omit<AuthorityRecord, 'id'>): Promise<AuthorityRecord>;
  extend(id: number, leavesUntil: number): Promise<void>;
  remove(id: number): Promise<void>;
  /** In place of the one that was issued to the registration before. */
  saveIssued(issued: IssuedCertificate): Promise<void>;
  issuedTo(deviceId: string): Promise<readonly IssuedCertificate[]>;
  /** Forgets what ran out before this time, ms since 1970. */
  removeIssued(before: number): Promise<void>;
}

/** To whom a certificate was issued. `validTo`: ms since 1970. */
export interface IssuedCertificate {
  readonly registrationId: string;
  readonly deviceId: string;
  readonly validTo: number;
}
