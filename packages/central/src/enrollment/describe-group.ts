import { X509Certificate } from 'node:crypto';
import type { Hub } from '@viaduct/hub';
import type { EnrollmentRecord } from '@viaduct/provisioning';
import { findGroupCertificate, GROUP_ENTRIES, type GroupEntry } from './group-certificates.ts';

export interface GroupCertificateFacts {
  readonly verified: boolean;
  readonly info: { readonly sha1Thumbprint: string };
  readonly etag?: string;
}

/** What the certificates of a group are: its own, or those that it was given elsewhere, by value or by name. */
export async function groupCertificateFacts(
  hub: Hub,
  groupId: string,
  record: EnrollmentRecord | undefined,
): Promise<Partial<Record<GroupEntry, GroupCertificateFacts>>> {
  const facts = await Promise.all(
    GROUP_ENTRIES.map(async (entry) => [entry, await factsOf(hub, groupId, entry, record)]),
  );
  return Object.fromEntries(facts.filter(([, one]) => one !== undefined));
}

async function factsOf(hub: Hub, groupId: string, entry: GroupEntry, record: EnrollmentRecord | undefined) {
  const own = await findGroupCertificate(hub, groupId, entry);
  if (own !== undefined) return { verified: own.isVerified, info: { sha1Thumbprint: own.thumbprint }, etag: own.etag };
  const { attestation } = record ?? {};
  if (attestation?.kind === 'signingCertificates') {
    const pem = attestation[entry];
    return pem === null ? undefined : { verified: true, info: { sha1Thumbprint: thumbprintOf(pem) } };
  }
  const name = attestation?.kind === 'caReferences' ? attestation[entry] : null;
  const named = name === null ? undefined : await hub.certificates.find(name);
  // One of its own stands under its own entry.
  if (named === undefined || named.name.startsWith('group-')) return undefined;
  return { verified: named.isVerified, info: { sha1Thumbprint: named.thumbprint } };
}

function thumbprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint.replaceAll(':', '');
}
