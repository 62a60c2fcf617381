import { HubError, LIMITS } from '@viaduct/contracts';
import { evaluate, parseDocumentCondition, type ResolvePath, valueAt } from '@viaduct/hub';
import type { EnrollmentKind, EnrollmentRecord, KeepsEnrollments } from '../ports.ts';
import { attestationDocument, documentWithoutProof } from './enrollment-document.ts';
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
const QUERY = /^select\s+\*(?:\s+from\s+(\w+))?(?:\s+where\s+([\s\S]+))?$/i;
/** Read and looked at without a pause: others wait as long. */
const SCAN_ROWS = 100;

export interface EnrollmentPage {
  readonly items: readonly EnrollmentRecord[];
  /** The id to go on after; null when there is nothing more. A page may have fewer items than were asked for, and still go on. */
  readonly next: string | null;
}

/**
 * One page of `SELECT * FROM enrollments WHERE …`, or `FROM enrollmentGroups`, in order of id. Conditions are those of fleet queries, over
 * the document as it is answered. The path says which kind is asked for: clients leave the source out, or name the other one.
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
  const [isQuery, from, condition] = QUERY.exec(text.trim().replace(/;$/, '')) ?? [];
  const names: readonly string[] = Object.values(SOURCES).map((name) => name.toLowerCase());
  if (isQuery === undefined || (from !== undefined && !names.includes(from.toLowerCase()))) {
    throw new HubError('argument.invalid', `the query has the form SELECT * FROM ${SOURCES[kind]} [WHERE …]`);
  }
  if (condition === undefined) return () => true;
  const where = parseDocumentCondition(condition, [ID_MEMBERS[kind], ...OWN_FIELDS[kind], ...FIELDS]);
  return (enrollment) => {
    const document: Readonly<Record<string, unknown>> = documentWithoutProof(enrollment);
    const resolve: ResolvePath = ({ steps: [root = '', ...steps] }) =>
      valueAt(
        root === 'attestation' ? attestationDocument(enrollment.attestation, 'withoutKeys') : document[root],
        steps,
      );
    return evaluate(where, resolve) === true;
  };
}
