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
