import type { CentralStore } from '../store/central-store.ts';
import { findSetting, removeSetting, saveSetting } from '../store/settings.ts';

/** What central adds to an enrolment group, and all there is of one for which no certificate is verified yet. */
export interface GroupNote {
  /** As it was first written. */
  readonly id: string;
  readonly displayName: string;
  /** Of a group whose devices prove themselves with certificates: provisioning has it only while one of them is verified. */
  readonly byCertificate: boolean;
  readonly enabled: boolean;
  readonly iotEdge: boolean;
  readonly etag: string;
}

const PREFIX = 'enrollmentGroup:';

export function findGroupNote(store: CentralStore, id: string): Promise<GroupNote | undefined> {
  return findSetting<GroupNote>(store, nameOf(id));
}

export function saveGroupNote(store: CentralStore, note: GroupNote): Promise<void> {
  return saveSetting(store, nameOf(note.id), note);
}

export function removeGroupNote(store: CentralStore, id: string): Promise<void> {
  return removeSetting(store, nameOf(id));
}

export async function listGroupNotes({ tables }: CentralStore): Promise<readonly GroupNote[]> {
  const rows = await tables.selectFrom('setting').select('value').where('name', 'like', `${PREFIX}%`).execute();
  return rows.map(({ value }) => JSON.parse(value) as GroupNote);
}

/** Provisioning compares ids without regard to case. */
function nameOf(id: string): string {
  return `${PREFIX}${id.toLowerCase()}`;
}
