import { HubError, LIMITS } from '@viaduct/contracts';
import { evaluate, type JsonObject, parseDocumentCondition, valueAt } from '@viaduct/hub';
import type { EnrollmentKind, EnrollmentRecord, KeepsEnrollments } from '../ports.ts';
import { enrollmentDocument } from './enrollment-document.ts';
import { ID_MEMBERS } from './read-enrollment.ts';

/** What a condition may ask for, beside the id. */
const FIELDS = [
  'attestation',
  'capabilities',
  'iotHubHostName',
  'initialTwin',
  'etag',
  'provisioningStatus',
  'reprovisionPolicy',
  'createdDateTimeUtc',
  'lastUpdatedDateTimeUtc',
  'allocationPolicy',
  'iotHubs',
  'customAllocationDefinition',
  'credentialPolicyName',
];
const OWN_FIELDS = { individual: ['deviceId', 'optionalDeviceInformation'], group: [] } as const;
const SOURCES = { individual: 'enrollments', group: 'enrollmentGroups' } as const;
const QUERY = /^select\s+\*\s+from\s+(\w+)(?:\s+where\s+([\s\S]+))?$/i;
const SCAN_ROWS = 500;

export interface EnrollmentPage {
  readonly items: readonly EnrollmentRecord[];
  /** The id to go on after; null when there is nothing more. A page may have fewer items than were asked for, and still go on. */
  readonly next: string | null;
}

/**
 * One page of `SELECT * FROM enrollments WHERE …`, or `FROM enrollmentGroups`, in order of id. Conditions are those of fleet queries, over
 * the document as it is answered.
 *
 * @throws HubError argument.invalid (the text, with the place), store.unavailable (retry)
 */
export async function queryEnrollments(
  provisioning: KeepsEnrollments,
  kind: EnrollmentKind,
  text: string,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<EnrollmentPage> {
  const holds = parseQuery(kind, text);
  const items: EnrollmentRecord[] = [];
  let next = page.after;
  for (let scanned = 0; scanned < LIMITS.ENROLLMENTS_SCANNED_MAX; ) {
    const rows = await provisioning.enrollments.list({
      kind,
      limit: SCAN_ROWS,
      ...(next !== undefined && { after: next }),
    });
    for (const row of rows) {
      next = row.id;
      if (holds(row)) items.push(row);
      if (items.length === page.limit) return { items, next };
    }
    if (rows.length < SCAN_ROWS) return { items, next: null };
    scanned += rows.length;
  }
  return { items, next: next ?? null };
}

function parseQuery(kind: EnrollmentKind, text: string): (enrollment: EnrollmentRecord) => boolean {
  const source = SOURCES[kind];
  const [, from, condition] = QUERY.exec(text.trim().replace(/;$/, '')) ?? [];
  if (from?.toLowerCase() !== source.toLowerCase()) {
    throw new HubError('argument.invalid', `the query has the form SELECT * FROM ${source} [WHERE …]`);
  }
  if (condition === undefined) return () => true;
  const where = parseDocumentCondition(condition, [ID_MEMBERS[kind], ...OWN_FIELDS[kind], ...FIELDS]);
  return (enrollment) => {
    const document: JsonObject = enrollmentDocument(enrollment);
    return evaluate(where, ({ steps }) => valueAt(document, steps)) === true;
  };
}
