import type { EnrollmentKindName } from '@viaduct/contracts';
import type { EnrollmentRecord, KeepsEnrollments } from '@viaduct/provisioning';

export interface EnrollmentSearch {
  /** Part of an id, without regard to case. */
  readonly search?: string;
  readonly after?: string;
  readonly limit: number;
}

/** Looked through for one page; a person may ask to go on. */
const SCANNED_MAX = 20_000;
const READ_AT_ONCE = 500;

/** Enrolments in order of id. The one whose id is exactly what was searched for comes first, however many there are. */
export async function searchEnrollments(
  { enrollments }: KeepsEnrollments,
  kind: EnrollmentKindName,
  { search, after, limit }: EnrollmentSearch,
): Promise<{ records: readonly EnrollmentRecord[]; next?: string }> {
  const wanted = search?.trim().toLowerCase() ?? '';
  const exact = wanted === '' ? undefined : await enrollments.find(kind, wanted);
  const records: EnrollmentRecord[] = exact !== undefined && after === undefined ? [exact] : [];
  let next = after;
  for (let scanned = 0; scanned < SCANNED_MAX; ) {
    const rows = await enrollments.list({ kind, limit: READ_AT_ONCE, ...(next === undefined ? {} : { after: next }) });
    for (const row of rows) {
      if (records.length >= limit) return next === undefined ? { records } : { records, next };
      next = row.id;
      const id = row.id.toLowerCase();
      if (id !== exact?.id.toLowerCase() && id.includes(wanted)) {
        records.push(row);
      }
    }
    if (rows.length < READ_AT_ONCE) return { records };
    scanned += rows.length;
  }
  return next === undefined ? { records } : { records, next };
}
