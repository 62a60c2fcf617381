import type { ClientCertificate, Transport } from '@viaduct/hub';

/** A device at the door, whichever protocol it speaks. */
export interface RegistrationCaller {
  readonly idScope: string;
  /** As it was sent; checked here. */
  readonly registrationId: string;
  readonly credential: RegistrationCredential;
  readonly transport: Transport;
  readonly remoteAddress: string;
  /** TLS server name, else the address the socket came to. */
  readonly reachedBy: string | null;
  /** Null where the client named none. */
  readonly apiVersion: string | null;
}

/** What a device has to show. A token counts before a certificate. */
export interface RegistrationCredential {
  /** `SharedAccessSignature …`. */
  readonly token: string | undefined;
  /** Of the TLS handshake. */
  readonly certificate: ClientCertificate | undefined;
  /** Keys that the device named in this exchange; a token of a TPM is made for them. Absent: those of its enrolment. */
  readonly tpm?: TpmKeys | undefined;
}

/** Base64 of marshalled TPM2B_PUBLIC. */
export interface TpmKeys {
  readonly endorsementKey: string;
  readonly storageRootKey?: string;
}

/** What a device asks for. */
export interface RegistrationRequest {
  readonly payload?: unknown;
  /** Base64 of a PKCS #10 request. */
  readonly csr?: string;
  readonly tpm?: TpmKeys;
  readonly forceRegistration?: boolean;
}

/** What a device has to show, with the keys that its request names. */
export function withTpm({ credential }: RegistrationCaller, { tpm }: RegistrationRequest): RegistrationCredential {
  return tpm === undefined ? credential : { ...credential, tpm };
}
