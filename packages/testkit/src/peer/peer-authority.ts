import { issueCertificate } from '../issue-certificate.ts';
import type { CertifiesPeer } from './test-peer.ts';

/** An authority of its own, and server certificates by it. */
export interface PeerAuthority {
  /** PEM. */
  readonly ca: string;
  /** For the server's address, or for other names than its own. */
  certify(...names: string[]): CertifiesPeer;
}

export async function makePeerAuthority(): Promise<PeerAuthority> {
  const issuer = await issueCertificate({ commonName: 'authority of a test', ca: true });
  return {
    ca: issuer.pem,
    certify:
      (...names) =>
      async (address) => {
        const answersFor = names.length === 0 ? [address] : names;
        const { pem, keyPem } = await issueCertificate({ commonName: 'a broker', issuer, names: answersFor });
        return { certificate: pem, privateKey: keyPem };
      },
  };
}
