import { HubError } from '@viaduct/contracts';
import { type Hub, type JsonObject, newEtag, requireMatch } from '@viaduct/hub';
import {
  type EnrollmentRecord,
  enrollmentDocument,
  type Provisioning,
  putEnrollment,
  removeEnrollment,
} from '@viaduct/provisioning';
import type { CentralStore } from '../store/central-store.ts';
import { findGroupCertificate, GROUP_ENTRIES, removeGroupCertificate } from './group-certificates.ts';
import { findGroupNote, type GroupNote, listGroupNotes, removeGroupNote, saveGroupNote } from './group-note.ts';

/** A group as central sees it: provisioning's, with a name; or, without one that is verified, only what was wanted. */
export interface EnrollmentGroup {
  readonly note: GroupNote;
  /** Undefined: nobody can come by it yet. */
  readonly record: EnrollmentRecord | undefined;
}

export interface EnrollmentGroupInput {
  readonly displayName: string;
  readonly enabled: boolean;
  readonly iotEdge: boolean;
  readonly attestation: { readonly kind: 'x509' } | { readonly kind: 'symmetricKey'; readonly keys: JsonObject };
}

interface Parts {
  readonly hub: Hub;
  readonly provisioning: Provisioning;
  readonly store: CentralStore;
}

const PAGE = 1_000;

/** All groups, in order of id; those that were made elsewhere are named by their id. */
export async function listEnrollmentGroups({ provisioning, store }: Parts): Promise<readonly EnrollmentGroup[]> {
  const notes = new Map((await listGroupNotes(store)).map((note) => [note.id.toLowerCase(), note]));
  const groups = new Map<string, EnrollmentGroup>();
  for (let after: string | undefined; ; ) {
    const page = { kind: 'group' as const, limit: PAGE, ...(after === undefined ? {} : { after }) };
    const records = await provisioning.enrollments.list(page);
    for (const record of records) {
      const key = record.id.toLowerCase();
      groups.set(key, { note: notes.get(key) ?? noteOf(record), record });
    }
    if (records.length < PAGE) break;
    after = records.at(-1)?.id;
  }
  for (const [key, note] of notes) {
    if (note.byCertificate && !groups.has(key)) groups.set(key, { note, record: undefined });
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** @throws HubError enrollmentGroup.notFound */
export async function getEnrollmentGroup({ provisioning, store }: Parts, id: string): Promise<EnrollmentGroup> {
  const record = await provisioning.enrollments.find('group', id);
  const note = await findGroupNote(store, id);
  if (record !== undefined) return { note: note ?? noteOf(record), record };
  if (note?.byCertificate === true) return { note, record };
  throw new HubError('enrollmentGroup.notFound', `there is no enrolment group "${id}"`);
}

export function groupEtag({ note, record }: EnrollmentGroup): string {
  return record?.etag ?? note.etag;
}

/** Makes a group, or changes the one there is. @throws HubError enrollment.invalid, etag.mismatch, enrollment.tooMany */
export async function putEnrollmentGroup(
  parts: Parts,
  id: string,
  { displayName, enabled, iotEdge, attestation }: EnrollmentGroupInput,
  ifMatch?: string,
): Promise<EnrollmentGroup> {
  const before = await findEnrollmentGroup(parts, id);
  if (before !== undefined) requireMatch(groupEtag(before), ifMatch);
  const byCertificate = attestation.kind === 'x509';
  const note = { id: before?.note.id ?? id, displayName, enabled, iotEdge, byCertificate, etag: newEtag(parts.hub) };
  // By certificate, provisioning has it once one is verified; certificates that it was given elsewhere stay.
  const isKept = byCertificate && before?.record !== undefined && before.record.attestation.kind !== 'symmetricKey';
  if (!byCertificate) {
    const proof = { type: 'symmetricKey', symmetricKey: attestation.keys };
    await putRecord(parts, note, before?.record, { attestation: proof });
  } else if (isKept) await putRecord(parts, note, before?.record, {});
  else if (before?.record !== undefined) await removeEnrollment(parts.provisioning, 'group', id);
  await saveGroupNote(parts.store, note);
  if (byCertificate && !isKept) await admitVerified(parts, id);
  return getEnrollmentGroup(parts, id);
}

/**
 * Lets devices come by the certificates of a group that are verified now, and by no other; after each change of one. A group without any
 * is not provisioning's. @throws HubError enrollmentGroup.notFound, store.unavailable (retry)
 */
export async function admitVerified(parts: Parts, id: string): Promise<void> {
  const { hub, provisioning } = parts;
  const { note, record } = await getEnrollmentGroup(parts, id);
  const found = await Promise.all(GROUP_ENTRIES.map((entry) => findGroupCertificate(hub, note.id, entry)));
  const [primary, secondary] = found.filter((certificate) => certificate?.isVerified === true);
  if (primary === undefined) {
    if (record !== undefined) await removeEnrollment(provisioning, 'group', note.id);
    return;
  }
  const caReferences = { primary: primary.name, ...(secondary === undefined ? {} : { secondary: secondary.name }) };
  await putRecord(parts, note, record, { attestation: { type: 'x509', x509: { caReferences } } });
}

/** With its certificates. Who came by it stays. @throws HubError enrollmentGroup.notFound, etag.mismatch */
export async function removeEnrollmentGroup(parts: Parts, id: string, ifMatch?: string): Promise<void> {
  const group = await getEnrollmentGroup(parts, id);
  requireMatch(groupEtag(group), ifMatch);
  if (group.record !== undefined) await removeEnrollment(parts.provisioning, 'group', id);
  for (const entry of GROUP_ENTRIES) {
    if ((await findGroupCertificate(parts.hub, id, entry)) !== undefined)
      await removeGroupCertificate(parts.hub, id, entry);
  }
  await removeGroupNote(parts.store, id);
}

async function findEnrollmentGroup(parts: Parts, id: string): Promise<EnrollmentGroup | undefined> {
  return getEnrollmentGroup(parts, id).catch((thrown: unknown) => {
    if (thrown instanceof HubError && thrown.code === 'enrollmentGroup.notFound') return undefined;
    throw thrown;
  });
}

/** What central does not know of (allocation, initial twin, policies) stays as it is. */
async function putRecord(
  { provisioning }: Parts,
  { id, enabled, iotEdge }: GroupNote,
  before: EnrollmentRecord | undefined,
  change: JsonObject,
): Promise<void> {
  const document = {
    ...(before === undefined ? { enrollmentGroupId: id } : enrollmentDocument(before)),
    provisioningStatus: enabled ? 'enabled' : 'disabled',
    capabilities: { iotEdge },
    ...change,
  };
  await putEnrollment(provisioning, 'group', id, document, before?.etag);
}

function noteOf({ id, status, capabilities: { iotEdge }, attestation, etag }: EnrollmentRecord): GroupNote {
  const byCertificate = attestation.kind !== 'symmetricKey';
  return { id, displayName: id, byCertificate, enabled: status === 'enabled', iotEdge, etag };
}
