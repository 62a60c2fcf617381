import { addCertificate, type Hub, newVerificationCode, verifyCertificate } from '@viaduct/hub';
import { type IssuedCertificate, issueCertificate } from '@viaduct/testkit';

/** A certificate a device can show, with its key; PEM. `certificate` holds the leaf first, then its intermediates. */
export interface DeviceCertificate {
  readonly certificate: string;
  readonly key: string;
  /** Hex, upper case, no colons. */
  readonly sha1: string;
  readonly sha256: string;
}

export async function selfSignedCertificate(commonName: string): Promise<DeviceCertificate> {
  return deviceCertificate(await issueCertificate({ commonName }));
}

/** An authority whose root the hub has verified, and whose intermediate signs devices. */
export interface TestAuthority {
  /** A leaf that the intermediate signed, with the intermediate behind it. */
  issue(commonName: string): Promise<DeviceCertificate>;
}

export async function verifiedAuthority(hub: Hub): Promise<TestAuthority> {
  const root = await issueCertificate({ commonName: 'Factory root', ca: true });
  const intermediate = await issueCertificate({ commonName: 'Factory line 4', issuer: root, ca: true });
  await addCertificate(hub, { name: 'factory', certificate: root.pem });
  const { verificationCode } = await newVerificationCode(hub, 'factory');
  const proof = await issueCertificate({ commonName: verificationCode ?? '', issuer: root });
  await verifyCertificate(hub, 'factory', proof.pem);
  return {
    issue: async (commonName) => {
      const leaf = await issueCertificate({ commonName, issuer: intermediate });
      return deviceCertificate(leaf, intermediate);
    },
  };
}

function deviceCertificate(leaf: IssuedCertificate, ...intermediates: IssuedCertificate[]): DeviceCertificate {
  return {
    certificate: [leaf, ...intermediates].map(({ pem }) => pem).join('\n'),
    key: leaf.keyPem,
    sha1: leaf.certificate.fingerprint.replaceAll(':', ''),
    sha256: leaf.certificate.fingerprint256.replaceAll(':', ''),
  };
}
