import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export interface CsrInput {
  /** One name, or several: one too many. */
  readonly commonName: string | readonly string[];
  /** EC-P256 when absent. */
  readonly key?: 'EC-P256' | 'EC-P384' | 'EC-P521' | 'RSA-1024' | 'RSA-2048' | 'RSA-3072' | 'RSA-4096';
  /** SHA-256 when absent. */
  readonly hash?: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';
  /** What nobody grants: a name, or the right to sign. */
  readonly wishes?: boolean;
}

/** A request for a certificate (PKCS #10) and the key that it is for. */
export interface TestCsr {
  /** Base64 of DER, as devices send it. */
  readonly csr: string;
  readonly pem: string;
  readonly keyPem: string;
}

/** A real certificate request, as a test asks for it: right, or wrong in one respect. */
export async function makeCertificateRequest(input: CsrInput): Promise<TestCsr> {
  const { commonName, key = 'EC-P256', hash = 'SHA-256', wishes = false } = input;
  const algorithm = algorithmOf(key, hash);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: new x509.Name([commonName].flat().map((CN) => ({ CN: [CN] }))),
    keys,
    signingAlgorithm: algorithm,
    extensions: wishes
      ? [
          new x509.BasicConstraintsExtension(true, 3, true),
          new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'hub.example.net' }]),
        ]
      : [],
  });
  return {
    csr: Buffer.from(request.rawData).toString('base64'),
    pem: request.toString('pem'),
    keyPem: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function algorithmOf(key: NonNullable<CsrInput['key']>, hash: string) {
  const [kind, size = ''] = key.split('-');
  if (kind === 'EC') return { name: 'ECDSA', namedCurve: size.replace('P', 'P-'), hash } as const;
  return {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: Number(size),
    publicExponent: Uint8Array.of(1, 0, 1),
    hash,
  } as const;
}
