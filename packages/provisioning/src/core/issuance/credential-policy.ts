import { HubError, LIMITS } from '@viaduct/contracts';
import { type MakesRandomness, newEtag, requireMatch, type TellsTime } from '@viaduct/hub';
import type { CertificateKeyType, CredentialPolicyRecord, KeepsCredentialPolicies } from '../ports.ts';

/** What an operator decides of a credential policy. */
export interface CredentialPolicyInput {
  /** Days, 1 to ISSUED_CERTIFICATE_DAYS_MAX. */
  readonly validityDays: number;
  /** At least one. */
  readonly keyTypes: readonly CertificateKeyType[];
}

/** Of the policy that is there from the first start. */
export const DEFAULT_CREDENTIAL_POLICY = 'default';

/** Of the key that a device makes, and asks a certificate for. RSA: so many bits at least, and less than the next. */
export const CERTIFICATE_KEY_TYPES: readonly CertificateKeyType[] = [
  'EC-P256',
  'EC-P384',
  'RSA-2048',
  'RSA-3072',
  'RSA-4096',
];

/** In order of name. */
export function listCredentialPolicies(p: KeepsCredentialPolicies): Promise<readonly CredentialPolicyRecord[]> {
  return p.credentialPolicies.list();
}

/** @throws HubError credentialPolicy.notFound; etag.mismatch when it is not as the caller knows it */
export async function getCredentialPolicy(
  p: KeepsCredentialPolicies,
  name: string,
  ifMatch?: string,
): Promise<CredentialPolicyRecord> {
  const record = await p.credentialPolicies.find(name);
  if (record === undefined) {
    throw new HubError('credentialPolicy.notFound', `there is no credential policy "${name.slice(0, 120)}"`);
  }
  requireMatch(record.etag, ifMatch);
  return record;
}

type ChangesPolicies = KeepsCredentialPolicies & TellsTime & MakesRandomness;

/** @throws HubError credentialPolicy.invalid, credentialPolicy.exists, store.unavailable (retry) */
export async function createCredentialPolicy(
  p: ChangesPolicies,
  name: string,
  input: CredentialPolicyInput,
): Promise<CredentialPolicyRecord> {
  requireName(name);
  requireInput(input);
  const max = LIMITS.CREDENTIAL_POLICIES_MAX;
  if ((await p.credentialPolicies.list()).length >= max) {
    throw new HubError('credentialPolicy.invalid', `there are ${max} credential policies already: remove one first`);
  }
  const now = p.clock.now();
  const { validityDays, keyTypes } = input;
  const record = { name, validityDays, keyTypes, createdTime: now, updatedTime: now, etag: newEtag(p) };
  if (await p.credentialPolicies.insert(record)) return record;
  throw new HubError('credentialPolicy.exists', `there is a credential policy "${name}" already`);
}

/**
 * Certificates that were issued before stay as they are; the next ones are issued by what is set now.
 *
 * @throws HubError credentialPolicy.invalid, credentialPolicy.notFound, etag.mismatch, store.unavailable (retry)
 */
export async function updateCredentialPolicy(
  p: ChangesPolicies,
  name: string,
  input: CredentialPolicyInput,
  ifMatch?: string,
): Promise<CredentialPolicyRecord> {
  requireInput(input);
  const before = await getCredentialPolicy(p, name, ifMatch);
  const { validityDays, keyTypes } = input;
  const after = { ...before, validityDays, keyTypes, updatedTime: p.clock.now(), etag: newEtag(p) };
  if (!(await p.credentialPolicies.replace(after, before.etag))) throw overtaken();
  return after;
}

/**
 * Enrolments that name it are issued nothing from then on; certificates that were issued by it hold until they run out.
 *
 * @throws HubError credentialPolicy.notFound, etag.mismatch, store.unavailable (retry)
 */
export async function removeCredentialPolicy(
  p: KeepsCredentialPolicies,
  name: string,
  ifMatch?: string,
): Promise<void> {
  const record = await getCredentialPolicy(p, name, ifMatch);
  if (!(await p.credentialPolicies.remove(record.name, record.etag))) throw overtaken();
}

function requireName(name: string): void {
  const max = LIMITS.ID_CHARACTERS_MAX;
  if (/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name) && name.length <= max) return;
  throw invalid(
    `a name has 1 to ${max} letters, digits and - . _ with a letter or digit first and last, not ${JSON.stringify(name.slice(0, 140))}`,
  );
}

function requireInput({ validityDays, keyTypes }: CredentialPolicyInput): void {
  const max = LIMITS.ISSUED_CERTIFICATE_DAYS_MAX;
  if (!Number.isInteger(validityDays) || validityDays < 1 || validityDays > max) {
    throw invalid(`validityDays is a whole number from 1 to ${max}`);
  }
  if (keyTypes.length === 0) throw invalid(`keyTypes has at least one of ${CERTIFICATE_KEY_TYPES.join(', ')}`);
  for (const keyType of keyTypes) {
    if (CERTIFICATE_KEY_TYPES.includes(keyType)) continue;
    throw invalid(
      `keyTypes has only ${CERTIFICATE_KEY_TYPES.join(', ')}, not ${JSON.stringify(String(keyType).slice(0, 40))}`,
    );
  }
  if (new Set(keyTypes).size < keyTypes.length) throw invalid('keyTypes names a type twice');
}

function invalid(message: string): HubError {
  return new HubError('credentialPolicy.invalid', message);
}

function overtaken(): HubError {
  return new HubError('etag.mismatch', 'somebody changed it since you read it: the etag is another one');
}
