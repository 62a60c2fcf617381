/** By which rules certificates are issued to devices. Times are ms since 1970. */
export interface CredentialPolicyRecord {
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
  list(): Promise<readonly CredentialPolicyRecord[]>;
  find(name: string): Promise<CredentialPolicyRecord | undefined>;
  insert(record: CredentialPolicyRecord): Promise<boolean>;
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
     * Checks a request and signs it. `commonName`: the registration id; `csr`: base64 of a PKCS #10 request.
     *
     * @throws HubError csr.invalid, credentialPolicy.notFound
     */
    issue(request: {
      readonly policyName: string;
      readonly commonName: string;
      readonly csr: string;
    }): Promise<IssuedChain>;
    /** PEM of the authority that signs, for hubs that must trust it. */
    readonly issuingCertificate: () => Promise<string>;
  };
}

export interface IssuedChain {
  /** Base64 of DER: leaf, issuing authority, root. */
  readonly chain: readonly string[];
  /** SHA-256 of the leaf, hex, upper case. */
  readonly thumbprint: string;
  readonly notAfter: number;
}
