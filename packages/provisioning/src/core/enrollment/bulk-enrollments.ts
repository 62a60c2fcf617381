import { HubError, LIMITS } from '@viaduct/contracts';
import type { JsonObject } from '@viaduct/hub';
import type { EnrollmentKind } from '../ports.ts';
import { Members } from './members.ts';
import { type ChangesEnrollments, putEnrollment } from './put-enrollment.ts';
import { ID_MEMBERS } from './read-enrollment.ts';
import { removeEnrollment } from './remove-enrollment.ts';

const MODES = ['create', 'update', 'updateIfMatchETag', 'delete'] as const;
type Mode = (typeof MODES)[number];

const LISTS = { individual: 'enrollments', group: 'enrollmentGroups' } as const satisfies Record<
  EnrollmentKind,
  string
>;

/** One enrolment of a bulk operation that was refused. */
export interface BulkRefusal {
  readonly id: string;
  readonly error: HubError;
}

export interface BulkOutcome {
  readonly refused: readonly BulkRefusal[];
  /** Ids of those that were changed. */
  readonly changed: readonly string[];
}

/**
 * Makes, changes or removes up to ten enrolments; not atomic: what is refused is told, and the others are done.
 *
 *     {"mode": "create", "enrollments": [{"registrationId": …, …}, …]}
 *
 * `remove` is what `delete` does to each. `update` and `delete` overwrite whatever there is; `updateIfMatchETag` compares the `etag` of each document.
 *
 * @throws HubError enrollment.invalid, enrollment.tooMany, enrollment.duplicate: of the operation as a whole, of which nothing was done
 */
export async function bulkEnrollments(
  provisioning: ChangesEnrollments,
  kind: EnrollmentKind,
  operation: JsonObject,
  remove: (id: string) => Promise<void> = (id) => removeEnrollment(provisioning, kind, id),
): Promise<BulkOutcome> {
  const { mode, documents } = readOperation(kind, operation);
  // Side by side, so that one flush to disk serves them all: no two are of one id.
  const outcomes = await Promise.all(
    documents.map(async ({ id, document }) => {
      const run = () => (mode === 'delete' ? remove(id) : put(provisioning, kind, mode, id, document));
      return { id, error: await refusalOf(run) };
    }),
  );
  return {
    refused: outcomes.filter((one): one is BulkRefusal => one.error !== undefined),
    changed: outcomes.filter(({ error }) => error === undefined).map(({ id }) => id),
  };
}

async function refusalOf(run: () => Promise<unknown>): Promise<HubError | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof HubError) return error;
    throw error;
  }
}

function put(
  provisioning: ChangesEnrollments,
  kind: EnrollmentKind,
  mode: Exclude<Mode, 'delete'>,
  id: string,
  document: JsonObject,
): Promise<unknown> {
  switch (mode) {
    case 'create':
      return putEnrollment(provisioning, kind, id, document);
    case 'update':
      return putEnrollment(provisioning, kind, id, document, '*');
    case 'updateIfMatchETag':
      return putEnrollment(provisioning, kind, id, document, etagOf(document));
    default:
      return mode satisfies never;
  }
}

function etagOf(document: JsonObject): string {
  const members = new Members(document);
  const etag = members.text('etag')?.replace(/^"(.*)"$/, '$1');
  if (!etag) throw members.refusal('etag', 'is missing: updateIfMatchETag compares it');
  return etag;
}

function readOperation(kind: EnrollmentKind, json: JsonObject) {
  const operation = new Members(json);
  const mode = operation.choice('mode', MODES);
  if (mode === undefined) throw operation.refusal('mode', `is missing: one of ${MODES.join(', ')}`);
  const name = LISTS[kind];
  const list = operation.list(name) ?? [];
  if (list.length === 0) throw operation.refusal(name, `is a list of 1 to ${LIMITS.ENROLLMENTS_BULK_MAX}`);
  if (list.length > LIMITS.ENROLLMENTS_BULK_MAX) {
    throw new HubError(
      'enrollment.tooMany',
      `${name} has ${list.length} members; one operation takes at most ${LIMITS.ENROLLMENTS_BULK_MAX}`,
    );
  }
  const documents = list.map((each, i) => readOne(kind, `${name}[${i}]`, each));
  const ids = documents.map(({ id }) => id.toLowerCase());
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw new HubError('enrollment.duplicate', `${JSON.stringify(twice)} is named twice`);
  return { mode, documents };
}

function readOne(kind: EnrollmentKind, path: string, value: unknown) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HubError('enrollment.invalid', `${path} is an object`);
  }
  const document = value as JsonObject;
  const members = new Members(document, `${path}.`);
  const id = members.text(ID_MEMBERS[kind]);
  if (!id) throw members.refusal(ID_MEMBERS[kind], 'is missing');
  return { id, document };
}
