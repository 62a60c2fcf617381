import assert from 'node:assert/strict';
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type IssuedCertificate, issueCertificate } from '../issue-certificate.ts';
import { TEST_CA_DIRECTORY } from '../test-ca.ts';
import type { CertifiesPeer } from './test-peer.ts';

/** An authority, and server certificates by it. */
export interface PeerAuthority {
  /** PEM. */
  readonly ca: string;
  /** For the server's address, or for other names than its own. */
  certify(...names: string[]): CertifiesPeer;
}

/** One that nobody trusts who was not told to. */
export async function makePeerAuthority(): Promise<PeerAuthority> {
  return authorityOf(await issueCertificate({ commonName: 'authority of a test', ca: true }));
}

/** The one that NODE_EXTRA_CA_CERTS names in tests: for clients that cannot be told. */
export async function sharedPeerAuthority(): Promise<PeerAuthority> {
  const folder = process.env[TEST_CA_DIRECTORY];
  assert(folder !== undefined, 'the global set-up made no authority');
  const pem = await readFile(join(folder, 'ca.pem'), 'utf8');
  const keyPem = await readFile(join(folder, 'ca-key.pem'), 'utf8');
  const certificate = new X509Certificate(pem);
  const keys = {
    privateKey: await importKey(createPrivateKey(keyPem).export({ format: 'jwk' }), 'sign'),
    publicKey: await importKey(certificate.publicKey.export({ format: 'jwk' }), 'verify'),
  };
  return authorityOf({ pem, keyPem, certificate, keys });
}

function importKey(jwk: webcrypto.JsonWebKey, use: 'sign' | 'verify'): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, [use]);
}

function authorityOf(issuer: IssuedCertificate): PeerAuthority {
  const certify = (...names: string[]): CertifiesPeer => {
    return async (address) => {
      const answersFor = names.length === 0 ? [address] : names;
      const { pem, keyPem } = await issueCertificate({ commonName: 'a broker', issuer, names: answersFor });
      return { certificate: pem, privateKey: keyPem };
    };
  };
  return { ca: issuer.pem, certify };
}
