import { createHash } from 'node:crypto';
import { HubError } from '@viaduct/contracts';
import {
  addCertificate,
  type CaCertificateRecord,
  type Hub,
  newVerificationCode,
  removeCertificate,
  verifyCertificate,
} from '@viaduct/hub';

export const GROUP_ENTRIES = ['primary', 'secondary'] as const;
export type GroupEntry = (typeof GROUP_ENTRIES)[number];

export interface GroupCertificateInput {
  /** PEM, or base64 of it. */
  readonly certificate?: string;
  /** The caller vouches for having the private key. */
  readonly verified?: boolean;
}

/**
 * The certificates of a group are authorities of the hub under names that follow from the group, so that the hub's own proof of
 * possession serves them too. @throws HubError central.bodyInvalid
 */
export function requireGroupEntry(entry: string | undefined): GroupEntry {
  const known = GROUP_ENTRIES.find((name) => name === entry);
  if (known !== undefined) return known;
  throw new HubError('argument.invalid', 'the certificate of a group is primary or secondary');
}

export function findGroupCertificate(
  hub: Hub,
  groupId: string,
  entry: GroupEntry,
): Promise<CaCertificateRecord | undefined> {
  return hub.certificates.find(certificateName(groupId, entry));
}

/** @throws HubError central.notFound */
export async function getGroupCertificate(hub: Hub, groupId: string, entry: GroupEntry): Promise<CaCertificateRecord> {
  const record = await findGroupCertificate(hub, groupId, entry);
  if (record === undefined)
    throw new HubError('central.notFound', `the group "${groupId}" has no ${entry} certificate`);
  return record;
}

/** Puts one in the place of what was there. @throws HubError central.bodyInvalid, certificate.invalid, certificate.tooMany, etag.mismatch */
export async function putGroupCertificate(
  hub: Hub,
  groupId: string,
  entry: GroupEntry,
  { certificate, verified = false }: GroupCertificateInput,
): Promise<CaCertificateRecord> {
  if (!certificate) throw new HubError('central.bodyInvalid', 'certificate is missing: PEM, or base64 of it');
  const name = certificateName(groupId, entry);
  const before = await hub.certificates.find(name);
  return addCertificate(hub, { name, certificate, isVerified: verified }, before?.etag);
}

/** @throws HubError central.notFound, etag.mismatch */
export async function makeGroupCode(hub: Hub, groupId: string, entry: GroupEntry): Promise<string> {
  const { name } = await getGroupCertificate(hub, groupId, entry);
  const { verificationCode } = await newVerificationCode(hub, name);
  return verificationCode ?? '';
}

/** @throws HubError central.notFound, certificate.proofInvalid, etag.mismatch */
export async function verifyGroupCertificate(hub: Hub, groupId: string, entry: GroupEntry, proof: string) {
  const { name } = await getGroupCertificate(hub, groupId, entry);
  return verifyCertificate(hub, name, proof);
}

/** @throws HubError central.notFound, etag.mismatch */
export async function removeGroupCertificate(hub: Hub, groupId: string, entry: GroupEntry): Promise<void> {
  const { name } = await getGroupCertificate(hub, groupId, entry);
  await removeCertificate(hub, name);
}

/** A name has 64 characters at most, and the id of a group may have more. */
function certificateName(groupId: string, entry: GroupEntry): string {
  const hash = createHash('sha256').update(groupId.toLowerCase()).digest('hex').slice(0, 16);
  return `group-${hash}-${entry}`;
}
