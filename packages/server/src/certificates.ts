import { randomBytes, type webcrypto, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { StartFault } from './start-fault.ts';

/** What a TLS listener presents, and where clients find whom to trust. */
export interface ServerCertificate {
  /** PEM: the server's certificate, then its issuers. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  /** PEM file with the root that clients must trust. */
  readonly caFile: string;
  /** True when this start made the certificate anew. */
  readonly renewed: boolean;
}

const CA_YEARS = 10;
/** Apple's clients refuse server certificates that are valid for longer than 825 days, whoever signed them. */
const SERVER_DAYS = 398;
const RENEW_DAYS_BEFORE = 30;
const DAY_MS = 86_400_000;

/**
 * The certificate for `names`, signed by the private CA of `directory`; both are made when they are missing. The CA stays:
 * devices carry it. The server certificate is renewed when it lacks a name or ends within 30 days.
 *
 *     ca.pem (public)   ca-key.pem (0600)   server.pem   server-key.pem (0600)
 *
 * ECDSA P-256 throughout: a third of RSA's cost in a handshake, and every SDK verifies it.
 */
export async function openCertificates(
  directory: string,
  names: readonly string[],
  now: number,
): Promise<ServerCertificate> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const files = filesOf(directory);
  if (!existsSync(files.ca) || !existsSync(files.caKey)) await makeCa(files, now);
  const renewed = await needsRenewal(files, names, now);
  if (renewed) await makeServerCertificate(files, names, now);
  return {
    certificate: await readFile(files.server, 'utf8'),
    key: await readFile(files.serverKey, 'utf8'),
    caFile: files.ca,
    renewed,
  };
}

/** Makes the CA of a folder unless it is there. For tests that must trust a root before their servers exist. */
export async function openCa(directory: string, now: number): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const files = filesOf(directory);
  if (!existsSync(files.ca) || !existsSync(files.caKey)) await makeCa(files, now);
  return files.ca;
}

/** @throws StartFault when the files cannot be read or do not belong together */
export async function readOwnCertificate(
  certificateFile: string,
  keyFile: string,
  caFile: string | undefined,
): Promise<ServerCertificate> {
  try {
    const [certificate, key] = await Promise.all([readFile(certificateFile, 'utf8'), readFile(keyFile, 'utf8')]);
    const { createSecureContext } = await import('node:tls');
    createSecureContext({ cert: certificate, key });
    return { certificate, key, caFile: caFile ?? certificateFile, renewed: false };
  } catch (cause) {
    throw new StartFault(2, `the TLS certificate of your own cannot be used: ${(cause as Error).message}`, { cause });
  }
}

interface Files {
  readonly ca: string;
  readonly caKey: string;
  readonly server: string;
  readonly serverKey: string;
}

function filesOf(directory: string): Files {
  return {
    ca: join(directory, 'ca.pem'),
    caKey: join(directory, 'ca-key.pem'),
    server: join(directory, 'server.pem'),
    serverKey: join(directory, 'server-key.pem'),
  };
}

async function needsRenewal(files: Files, names: readonly string[], now: number): Promise<boolean> {
  if (!existsSync(files.server) || !existsSync(files.serverKey)) return true;
  const certificate = new X509Certificate(await readFile(files.server, 'utf8'));
  const ca = new X509Certificate(await readFile(files.ca, 'utf8'));
  if (!certificate.checkIssued(ca)) return true;
  if (Date.parse(certificate.validTo) - now < RENEW_DAYS_BEFORE * DAY_MS) return true;
  return !names.every((name) => covers(certificate, name));
}

function covers(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) > 0 ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

async function makeCa(files: Files, now: number): Promise<void> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // A name of its own: a client that trusts two servers must be able to tell their roots apart.
    name: `CN=Viaduct private CA ${randomBytes(4).toString('hex')}`,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + CA_YEARS * 365 * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await writeKey(files.caKey, keys.privateKey);
  await writeWhole(files.ca, `${certificate.toString('pem')}\n`, 0o644);
}

async function makeServerCertificate(files: Files, names: readonly string[], now: number): Promise<void> {
  const x509 = await loadX509();
  const ca = new x509.X509Certificate(await readFile(files.ca, 'utf8'));
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [(names[0] ?? 'localhost').slice(0, 64)] }],
    issuer: ca.subjectName,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(Math.min(now + SERVER_DAYS * DAY_MS, ca.notAfter.getTime())),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await readSigningKey(files.caKey),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) > 0 ? ('ip' as const) : ('dns' as const), value })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
    ],
  });
  await writeKey(files.serverKey, keys.privateKey);
  await writeWhole(files.server, `${certificate.toString('pem')}\n${await readFile(files.ca, 'utf8')}`, 0o644);
}

// Only a first start and a renewal need these; every other start is a quarter of a second faster without them.
async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata');
  return await import('@peculiar/x509');
}

async function readSigningKey(file: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from((await readFile(file, 'utf8')).replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return await crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}

async function writeKey(file: string, key: webcrypto.CryptoKey): Promise<void> {
  const base64 = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  await writeWhole(file, `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`, 0o600);
}

/** A crash leaves the old file or the new one, never half of one. */
async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, text, { mode });
  await chmod(temporary, mode);
  await rename(temporary, file);
}
