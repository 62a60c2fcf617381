import { KeyObject, webcrypto, X509Certificate } from 'node:crypto';

/** A certificate a device can show, with its key; PEM. `certificate` holds the leaf first, then its intermediates. */
export interface DeviceCertificate {
  readonly certificate: string;
  readonly key: string;
  /** Hex, upper case, no colons. */
  readonly sha1: string;
  readonly sha256: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

async function loadX509() {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

export async function selfSignedCertificate(commonName: string): Promise<DeviceCertificate> {
  const { X509CertificateGenerator } = await loadX509();
  const keys = await newKeys();
  const made = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    ...validity(),
    keys,
    signingAlgorithm: ALGORITHM,
  });
  return deviceCertificate([made.toString('pem')], keys.privateKey);
}

/** An authority whose root a hub may verify, and whose intermediate signs devices. */
export interface TestAuthority {
  /** PEM of the root. */
  readonly root: string;
  /** A certificate that the root itself signed, for the proof of possession. */
  proofFor(verificationCode: string): Promise<string>;
  /** A leaf that the intermediate signed, with the intermediate behind it. */
  issue(commonName: string): Promise<DeviceCertificate>;
}

export async function testAuthority(name: string): Promise<TestAuthority> {
  const root = await newIssuer(`CN=${name} root`, undefined);
  const intermediate = await newIssuer(`CN=${name} intermediate`, root);
  return {
    root: root.pem,
    proofFor: async (code) => (await issueLeaf(code, root)).pem,
    issue: async (commonName) => {
      const leaf = await issueLeaf(commonName, intermediate);
      return deviceCertificate([leaf.pem, intermediate.pem], leaf.privateKey);
    },
  };
}

interface Issuer {
  readonly subject: string;
  readonly pem: string;
  readonly privateKey: webcrypto.CryptoKey;
}

async function newIssuer(subject: string, parent: Issuer | undefined): Promise<Issuer> {
  const { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator } = await loadX509();
  const keys = await newKeys();
  const made = await X509CertificateGenerator.create({
    subject,
    issuer: parent?.subject ?? subject,
    ...validity(),
    publicKey: keys.publicKey,
    signingKey: parent?.privateKey ?? keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { subject, pem: made.toString('pem'), privateKey: keys.privateKey };
}

async function issueLeaf(commonName: string, issuer: Issuer) {
  const { BasicConstraintsExtension, X509CertificateGenerator } = await loadX509();
  const keys = await newKeys();
  const made = await X509CertificateGenerator.create({
    subject: [{ CN: [commonName] }],
    issuer: issuer.subject,
    ...validity(),
    publicKey: keys.publicKey,
    signingKey: issuer.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [new BasicConstraintsExtension(false, undefined, true)],
  });
  return { pem: made.toString('pem'), privateKey: keys.privateKey };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function validity() {
  return { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + DAY_MS) };
}

function deviceCertificate(chain: readonly string[], privateKey: webcrypto.CryptoKey): DeviceCertificate {
  const leaf = new X509Certificate(chain[0] ?? '');
  return {
    certificate: chain.join('\n'),
    key: KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
    sha1: leaf.fingerprint.replaceAll(':', ''),
    sha256: leaf.fingerprint256.replaceAll(':', ''),
  };
}
