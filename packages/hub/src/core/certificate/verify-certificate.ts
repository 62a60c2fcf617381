import { X509Certificate } from 'node:crypto';
import { HubError } from '@viaduct/contracts';
import type { CaCertificateRecord, KeepsCertificates, MakesRandomness, TellsTime } from '../ports.ts';
import { newEtag } from '../registry/make-entry.ts';
import { overtaken } from './add-certificate.ts';
import { findTimeObstacle, isSignedBy } from './certificate-path.ts';
import { getCertificate } from './get-certificate.ts';
import { readCertificate } from './read-certificate.ts';

/** 48 hex digits, as Azure's codes have. */
const CODE_BYTES = 24;

/**
 * Makes a new code for proving that the authority's private key is at hand; the one before is void.
 *
 * @throws HubError certificate.notFound, etag.mismatch, store.unavailable (retry)
 */
export async function newVerificationCode(
  hub: KeepsCertificates & MakesRandomness & TellsTime,
  name: string,
  ifMatch?: string,
): Promise<CaCertificateRecord> {
  const verificationCode = hub.random.bytes(CODE_BYTES).toString('hex').toUpperCase();
  return change(hub, name, ifMatch, () => ({ verificationCode }));
}

/**
 * Takes the proof: a certificate for the code as common name, signed with the authority's key. From here on devices may rely
 * on the authority. The code is used up.
 *
 * @throws HubError certificate.proofInvalid, certificate.invalid, certificate.notFound, etag.mismatch, store.unavailable (retry)
 */
export async function verifyCertificate(
  hub: KeepsCertificates & MakesRandomness & TellsTime,
  name: string,
  proof: string,
  ifMatch?: string,
): Promise<CaCertificateRecord> {
  const certificate = readCertificate(proof);
  return change(hub, name, ifMatch, (record) => {
    requireProof(certificate, record, hub.clock.now());
    return { isVerified: true, verificationCode: null };
  });
}

async function change(
  hub: KeepsCertificates & MakesRandomness & TellsTime,
  name: string,
  ifMatch: string | undefined,
  decide: (record: CaCertificateRecord) => Partial<CaCertificateRecord>,
): Promise<CaCertificateRecord> {
  const before = await getCertificate(hub, name, ifMatch);
  const after = { ...before, ...decide(before), updatedTime: hub.clock.now(), etag: newEtag(hub) };
  if (!(await hub.certificates.replace(after, before.etag))) throw overtaken();
  return after;
}

function requireProof(proof: X509Certificate, record: CaCertificateRecord, now: number): void {
  const { name, verificationCode } = record;
  if (verificationCode === null) throw invalidProof(`no verification code was made for "${name}": ask for one first`);
  const authority = new X509Certificate(record.pem);
  const commonName: unknown = proof.toLegacyObject().subject?.CN;
  if (commonName !== verificationCode) {
    throw invalidProof(
      `its common name is "${String(commonName ?? '').slice(0, 120)}", not the verification code ${verificationCode}`,
    );
  }
  if (!proof.checkIssued(authority) || !isSignedBy(proof, authority)) {
    throw invalidProof(`it was not signed with the key of "${name}"`);
  }
  const obstacle = findTimeObstacle(proof, 'it', now) ?? findTimeObstacle(authority, `the authority "${name}"`, now);
  if (obstacle !== undefined) throw invalidProof(obstacle.message);
}

function invalidProof(why: string): HubError {
  return new HubError('certificate.proofInvalid', `the certificate proves nothing: ${why}`);
}
