/** A certificate authority, as the console shows it. Times are ms since 1970. */
export interface AuthorityView {
  readonly name: string;
  readonly subject: string;
  /** SHA-1, hex, upper case. */
  readonly thumbprint: string;
  readonly validFrom: number;
  readonly validTo: number;
  readonly createdTime: number;
  readonly updatedTime: number;
  readonly isVerified: boolean;
  /** Null when none was asked for, and once it has served. */
  readonly verificationCode: string | null;
  /** What to type where the authority's private key is; nothing without a code. */
  readonly proofCommands: readonly string[];
  readonly pem: string;
  readonly etag: string;
}

/** `certificate`: PEM, or the base64 of PEM or DER. */
export interface NewAuthority {
  readonly name: string;
  readonly certificate: string;
}
