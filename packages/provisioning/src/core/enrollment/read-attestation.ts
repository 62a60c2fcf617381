import { X509Certificate } from 'node:crypto';
import { LIMITS } from '@viaduct/contracts';
import { type MakesRandomness, readCertificate } from '@viaduct/hub';
import { bareHex } from '../attestation/certificate-facts.ts';
import type { Attestation, EnrollmentKind } from '../ports.ts';
import { parseStorageKey } from '../tpm/storage-key.ts';
import type { Members } from './members.ts';

const KEY_BYTES = 32;
const TYPES = ['symmetricKey', 'x509', 'tpm', 'none'] as const;
const X509_MEMBERS = ['clientCertificates', 'signingCertificates', 'caReferences'] as const;

interface Context {
  readonly random: MakesRandomness['random'];
  readonly kind: EnrollmentKind;
  /** What is kept where a document leaves it out, for answers leave it out too. */
  readonly before: Attestation | undefined;
}

/**
 * What a device must prove, from the member `attestation`. What answers do not tell, a document that was read and is sent back does not
 * have: an update without keys, or with the facts of a certificate but not the certificate, keeps what was there.
 *
 * Names of authorities are not looked up here.
 *
 * @throws HubError enrollment.invalid, tpm.endorsementKeyInvalid, tpm.storageRootKeyInvalid
 */
export function readAttestation(context: Context, enrollment: Members): Attestation {
  const attestation = enrollment.object('attestation');
  if (attestation === undefined)
    throw enrollment.refusal('attestation', 'is missing: {"type": "symmetricKey"} at least');
  const type = attestation.choice('type', TYPES);
  switch (type) {
    case 'symmetricKey':
      return readSymmetricKey(context, attestation);
    case 'x509':
      return readX509(context, attestation);
    case 'tpm':
      return readTpm(context, attestation);
    case 'none':
      throw attestation.refusal('type', 'may not be none: a device must prove something');
    case undefined:
      throw attestation.refusal('type', `is missing: one of ${TYPES.slice(0, 3).join(', ')}`);
    default:
      return type satisfies never;
  }
}

function readSymmetricKey({ random, before }: Context, attestation: Members): Attestation {
  const keys = attestation.object('symmetricKey');
  const known = before?.kind === 'symmetricKey' ? before : undefined;
  const newKey = () => random.bytes(KEY_BYTES).toString('base64');
  const key = (name: 'primaryKey' | 'secondaryKey') => {
    const given = keys?.text(name);
    if (given === undefined) return known?.[name] ?? newKey();
    // As for devices of the hub: an empty one asks for a new one.
    if (given === '') return newKey();
    const bytes = Buffer.from(given, 'base64');
    const fits = bytes.length >= LIMITS.DEVICE_KEY_BYTES_MIN && bytes.length <= LIMITS.DEVICE_KEY_BYTES_MAX;
    if (fits && bytes.toString('base64') === given) return given;
    throw attestation.refusal(
      `symmetricKey.${name}`,
      `is base64 of ${LIMITS.DEVICE_KEY_BYTES_MIN} to ${LIMITS.DEVICE_KEY_BYTES_MAX} bytes; leave it out, and one is made`,
    );
  };
  return { kind: 'symmetricKey', primaryKey: key('primaryKey'), secondaryKey: key('secondaryKey') };
}

function readTpm({ kind }: Context, attestation: Members): Attestation {
  if (kind === 'group')
    throw attestation.refusal('type', 'may not be tpm: each TPM is its own, so it takes an individual enrolment');
  const tpm = attestation.object('tpm');
  const endorsementKey = tpm?.text('endorsementKey');
  if (tpm === undefined || endorsementKey === undefined) throw attestation.refusal('tpm.endorsementKey', 'is missing');
  parseStorageKey('endorsementKey', endorsementKey);
  const storageRootKey = tpm.text('storageRootKey') || null;
  if (storageRootKey !== null) parseStorageKey('storageRootKey', storageRootKey);
  return { kind: 'tpm', endorsementKey, storageRootKey };
}

function readX509(context: Context, attestation: Members): Attestation {
  const x509 = attestation.object('x509');
  const named = X509_MEMBERS.filter((name) => x509?.has(name));
  const [member] = named;
  if (x509 === undefined || member === undefined || named.length > 1) {
    throw attestation.refusal('x509', `has one of ${X509_MEMBERS.join(', ')}`);
  }
  const isOfDevice = member === 'clientCertificates';
  if (isOfDevice !== (context.kind === 'individual')) {
    const wanted = isOfDevice ? 'signingCertificates or caReferences' : 'clientCertificates';
    throw x509.refusal(member, `is not for ${context.kind === 'group' ? 'a group' : 'one device'}: use ${wanted}`);
  }
  const pair = x509.object(member);
  if (pair === undefined) throw x509.refusal(member, 'is an object');
  return member === 'caReferences' ? readReferences(pair) : readCertificates(context, member, pair);
}

function readReferences(pair: Members): Attestation {
  const primary = pair.text('primary');
  if (!primary) throw pair.refusal('primary', 'is missing: the name of a verified authority');
  return { kind: 'caReferences', primary, secondary: pair.text('secondary') || null };
}

function readCertificates(
  { before }: Context,
  kind: 'clientCertificates' | 'signingCertificates',
  pair: Members,
): Attestation {
  const known = before?.kind === kind ? before : undefined;
  const primary = readOne(pair, 'primary', kind, known);
  if (primary === undefined)
    throw pair.refusal('primary', 'is missing: {"certificate": "-----BEGIN CERTIFICATE-----…"}');
  return { kind, primary, secondary: readOne(pair, 'secondary', kind, known) ?? null };
}

/** PEM; undefined when there is none. */
function readOne(
  pair: Members,
  name: 'primary' | 'secondary',
  kind: 'clientCertificates' | 'signingCertificates',
  known: KnownPair | undefined,
): string | undefined {
  const member = pair.object(name);
  const text = member?.text('certificate');
  if (member === undefined) return undefined;
  if (!text) return member.has('info') ? keptOne(member, known, name) : undefined;
  const certificate = member.read('certificate', () => readCertificate(text));
  if (kind === 'signingCertificates' && !certificate.ca) {
    throw member.refusal('certificate', 'is not one of an authority (CA:true), so it can have signed no device');
  }
  return certificate.toString();
}

interface KnownPair {
  readonly primary: string;
  readonly secondary: string | null;
}

/** The one that its facts tell of, wherever it stood: the two may have changed places. */
function keptOne(member: Members, known: KnownPair | undefined, name: 'primary' | 'secondary'): string {
  const thumbprint = member.object('info')?.text('sha256Thumbprint')?.toUpperCase();
  const kept = [known?.[name], known?.primary, known?.secondary].find(
    (pem) => pem && (thumbprint === undefined || bareHex(new X509Certificate(pem).fingerprint256) === thumbprint),
  );
  if (kept) return kept;
  throw member.refusal(
    'certificate',
    'is missing, and the certificate that info tells of is not the one that was enrolled',
  );
}
