import { createHash, type KeyObject, type webcrypto } from 'node:crypto';
import type { Randomness } from '@viaduct/hub';
import type { AuthorityRecord } from '../ports.ts';

type X509 = typeof import('@peculiar/x509');

/** ms since 1970; certificates know whole seconds. */
interface Validity {
  readonly validFrom: number;
  readonly validTo: number;
}

/** P-384 throughout, as the service's own authorities have it. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' } as const;
const SERIAL_BYTES = 16;

/** An authority as it was made; nothing is signed by it yet. */
export type NewAuthority = Omit<AuthorityRecord, 'id'>;

/** A root of its own name: who trusts two servers must be able to tell their roots apart. */
export async function makeRoot(random: Randomness, validity: Validity): Promise<NewAuthority> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(random),
    name: `CN=Viaduct provisioning root CA ${random.bytes(4).toString('hex')}`,
    ...dates(validity),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return newAuthority(certificate.toString('pem'), keys.privateKey, validity, null);
}

/** An authority that signs devices and no further authority. */
export async function makeIssuing(
  random: Randomness,
  root: AuthorityRecord,
  validity: Validity,
): Promise<NewAuthority> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const issuer = new x509.X509Certificate(root.pem);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(random),
    subject: `CN=Viaduct issuing CA ${random.bytes(4).toString('hex')}`,
    issuer: issuer.subjectName,
    ...dates(validity),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await importSigningKey(root.privateKey),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return newAuthority(certificate.toString('pem'), keys.privateKey, validity, root.id);
}

export interface LeafRequest extends Validity {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly issuerPem: string;
  readonly signingKey: webcrypto.CryptoKey;
}

/** A certificate by which a device proves who it is, and which is good for nothing else. Resolves with DER. */
export async function signLeaf(random: Randomness, request: LeafRequest): Promise<Buffer> {
  const x509 = await loadX509();
  const issuer = new x509.X509Certificate(request.issuerPem);
  // Written anew: of what the device sent, only the key itself gets in.
  const publicKey = new x509.PublicKey(request.publicKey.export({ type: 'spki', format: 'der' }));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(random),
    subject: [{ CN: [request.commonName] }],
    issuer: issuer.subjectName,
    ...dates(request),
    signingAlgorithm: ALGORITHM,
    publicKey,
    signingKey: request.signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return Buffer.from(certificate.rawData);
}

/** Base64 of PKCS #8, as authorities are kept. */
export function importSigningKey(privateKey: string): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey('pkcs8', Buffer.from(privateKey, 'base64'), ALGORITHM, false, ['sign']);
}

/** DER of a certificate in PEM. */
export function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

/** SHA-256 in hex, upper case. */
export function thumbprintOf(der: Buffer): string {
  return createHash('sha256').update(der).digest('hex').toUpperCase();
}

async function newAuthority(
  pem: string,
  privateKey: webcrypto.CryptoKey,
  { validFrom, validTo }: Validity,
  rootId: number | null,
): Promise<NewAuthority> {
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey));
  return { rootId, pem: `${pem}\n`, privateKey: pkcs8.toString('base64'), validFrom, validTo, leavesUntil: 0 };
}

function dates({ validFrom, validTo }: Validity): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(validFrom), notAfter: new Date(validTo) };
}

/** Positive, and of the full length. Source: RFC 5280 §4.1.2.2. */
function newSerial(random: Randomness): string {
  const bytes = random.bytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

// Only who issues certificates needs these; every other start is a quarter of a second faster without them.
async function loadX509(): Promise<X509> {
  await import('reflect-metadata');
  return await import('@peculiar/x509');
}
