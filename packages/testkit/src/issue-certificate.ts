import 'reflect-metadata';
import { KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** A certificate with its private key. */
export interface IssuedCertificate {
  readonly pem: string;
  readonly keyPem: string;
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** Who signs; itself when absent. */
  readonly issuer?: IssuedCertificate;
  /** Whether it may sign others. */
  readonly ca?: boolean;
  readonly pathLength?: number;
  /** Of an authority; it may sign certificates when absent. */
  readonly keyUsage?: number;
  /** ms since 1970; a minute ago and in a day when absent. */
  readonly validFrom?: number;
  readonly validTo?: number;
  readonly keys?: webcrypto.CryptoKeyPair;
  /** Of a server: host names and addresses that it answers for. */
  readonly names?: readonly string[];
  /** SHA-256 when absent. */
  readonly hash?: 'SHA-1';
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const { keyCertSign, cRLSign } = x509.KeyUsageFlags;

/** A real certificate, as a test asks for it: right, or wrong in one respect. */
export async function issueCertificate(request: CertificateRequest): Promise<IssuedCertificate> {
  const { commonName, issuer, ca = false, pathLength, keyUsage = keyCertSign | cRLSign } = request;
  const keys = request.keys ?? (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']));
  const subject = x509Name(commonName);
  const made = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer === undefined ? subject : new x509.X509Certificate(issuer.pem).subjectName,
    notBefore: new Date(request.validFrom ?? Date.now() - 60_000),
    notAfter: new Date(request.validTo ?? Date.now() + 86_400_000),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: { ...ALGORITHM, hash: request.hash ?? ALGORITHM.hash },
    extensions: [
      new x509.BasicConstraintsExtension(ca, pathLength, true),
      ...(ca ? [new x509.KeyUsagesExtension(keyUsage, true)] : []),
      ...(request.names === undefined
        ? []
        : [new x509.SubjectAlternativeNameExtension(request.names.map(generalName))]),
    ],
  });
  const pem = made.toString('pem');
  const keyPem = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { pem, keyPem, certificate: new X509Certificate(pem), keys };
}

function generalName(value: string): { type: 'ip' | 'dns'; value: string } {
  return { type: isIP(value) === 0 ? 'dns' : 'ip', value };
}

function x509Name(commonName: string): x509.Name {
  return new x509.Name([{ CN: [commonName] }]);
}
