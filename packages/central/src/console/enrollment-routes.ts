import {
  type DevicesChanged,
  ENROLLMENT_DEVICES,
  ENROLLMENT_KINDS,
  type EnrollmentChange,
  type EnrollmentDevices,
  type EnrollmentInput,
  type EnrollmentKindName,
  type EnrollmentPage,
  type EnrollmentRemoval,
  type EnrollmentView,
  LIMITS,
  type NewEnrollment,
} from '@viaduct/contracts';
import type { JsonObject } from '@viaduct/hub';
import {
  type DevicesOutcome,
  type EnrollmentRecord,
  getEnrollment,
  type Provisioning,
  putEnrollment,
  putWithDevices,
  removeEnrollment,
  removeWithDevices,
} from '@viaduct/provisioning';
import type { FastifyInstance } from 'fastify';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import { changedEnrollment } from './enrollment-change.ts';
import { enrollmentRow, enrollmentView } from './enrollment-view.ts';
import { type EnrollmentSearch, searchEnrollments } from './search-enrollments.ts';

interface OfKind {
  Params: { kind: EnrollmentKindName };
}
interface OfEnrollment {
  Params: { kind: EnrollmentKindName; id: string };
  Querystring: {
    /** The version that the person sees; a change to any other is refused. */
    etag?: string;
    /** What happens at once to devices that came through it. */
    devices: EnrollmentDevices;
  };
}

/** Who may come: enrolments and groups. What is changed counts from the next registration, for devices that are in if asked at once. */
export function enrollmentRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  const { provisioning, store } = parts;

  app.get<OfKind & { Querystring: EnrollmentSearch }>(
    '/provisioning/enrollments/:kind',
    { schema: { params: KIND, querystring: SEARCH } },
    async ({ params: { kind }, query }): Promise<EnrollmentPage> => {
      const { records, next } = await searchEnrollments(provisioning, kind, query);
      const items = await Promise.all(records.map((record) => enrollmentRow(provisioning, record)));
      const total = await provisioning.enrollments.count(kind);
      return next === undefined ? { items, total } : { items, total, next };
    },
  );

  app.post<OfKind & { Body: NewEnrollment }>(
    '/provisioning/enrollments/:kind',
    { schema: { params: KIND, body: NEW } },
    async (request, reply): Promise<EnrollmentView> => {
      const { id, ...input } = request.body;
      const { kind } = request.params;
      const made = await audited(store, request, { action: `${WORD[kind]}.create`, object: id }, () =>
        putEnrollment(provisioning, kind, id, changedEnrollment(input)),
      );
      reply.code(201);
      return enrollmentView(provisioning, made);
    },
  );

  app.get<OfEnrollment>(
    '/provisioning/enrollments/:kind/:id',
    { schema: { params: ONE } },
    async ({ params: { kind, id } }): Promise<EnrollmentView> =>
      enrollmentView(provisioning, await getEnrollment(provisioning, kind, id)),
  );

  app.put<OfEnrollment & { Body: EnrollmentInput }>(
    '/provisioning/enrollments/:kind/:id',
    { schema: { params: ONE, querystring: CHANGE_QUERY, body: CHANGE } },
    async (request): Promise<EnrollmentChange> => {
      const { kind, id } = request.params;
      const { etag, devices } = request.query;
      const deed = { action: actionOf(kind, 'change', devices), object: id };
      const { enrollment, outcome } = await audited(store, request, deed, async () => {
        const before = await getEnrollment(provisioning, kind, id, etag);
        const document = changedEnrollment(request.body, before);
        return change(provisioning, before, document, devices);
      });
      return { enrollment: await enrollmentView(provisioning, enrollment), devices: outcome };
    },
  );

  app.delete<OfEnrollment>(
    '/provisioning/enrollments/:kind/:id',
    { schema: { params: ONE, querystring: CHANGE_QUERY } },
    async (request): Promise<EnrollmentRemoval> => {
      const { kind, id } = request.params;
      const { etag, devices } = request.query;
      const deed = { action: actionOf(kind, 'remove', devices), object: id };
      return {
        devices: await audited(store, request, deed, () => remove(provisioning, request.params, etag, devices)),
      };
    },
  );
}

async function change(
  p: Provisioning,
  { kind, id, etag: ifMatch }: EnrollmentRecord,
  document: JsonObject,
  action: EnrollmentDevices,
): Promise<{ enrollment: EnrollmentRecord; outcome: DevicesChanged | null }> {
  if (action === 'leave') return { enrollment: await putEnrollment(p, kind, id, document, ifMatch), outcome: null };
  const { enrollment, devices } = await putWithDevices(p, kind, id, { document, ifMatch, action });
  return { enrollment, outcome: devicesChanged(devices) };
}

async function remove(
  p: Provisioning,
  { kind, id }: OfEnrollment['Params'],
  ifMatch: string | undefined,
  action: EnrollmentDevices,
): Promise<DevicesChanged | null> {
  if (action !== 'leave') return devicesChanged(await removeWithDevices(p, kind, id, { ifMatch, action }));
  await removeEnrollment(p, kind, id, ifMatch);
  return null;
}

function devicesChanged({ changed, failed, refused }: DevicesOutcome): DevicesChanged {
  const told = refused.map(({ registrationId, error }) => ({ registrationId, message: error.message }));
  return { changed, failed, refused: told };
}

export const WORD = { group: 'enrollmentGroup', individual: 'enrollment' } as const satisfies Record<
  EnrollmentRecord['kind'],
  string
>;

/** `enrollmentGroup.change`, and what was to happen to devices at once. */
function actionOf(kind: EnrollmentKindName, deed: string, devices: EnrollmentDevices): string {
  return devices === 'leave' ? `${WORD[kind]}.${deed}` : `${WORD[kind]}.${deed}.devices.${devices}`;
}

const ID = { type: 'string', maxLength: LIMITS.ID_CHARACTERS_MAX } as const;
const KIND = { type: 'object', properties: { kind: { enum: ENROLLMENT_KINDS } } } as const;
const ONE = { type: 'object', properties: { kind: { enum: ENROLLMENT_KINDS }, id: ID } } as const;
const SEARCH = {
  type: 'object',
  properties: {
    search: ID,
    after: ID,
    limit: { type: 'integer', minimum: 1, maximum: LIMITS.ENROLLMENTS_PAGE_MAX, default: 50 },
  },
} as const;
const CHANGE_QUERY = {
  type: 'object',
  properties: { etag: { type: 'string' }, devices: { enum: ENROLLMENT_DEVICES, default: 'leave' } },
} as const;
/** What is inside is read by the core, which says in words what is wrong with it. */
const MEMBERS = {
  proof: { type: 'object', required: ['kind'] },
  status: { enum: ['enabled', 'disabled'] },
  settings: { type: 'object' },
} as const;
const CHANGE = { type: 'object', additionalProperties: false, properties: MEMBERS } as const;
const NEW = { ...CHANGE, required: ['id', 'proof'], properties: { ...MEMBERS, id: ID } } as const;
