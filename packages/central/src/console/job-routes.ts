import {
  ERRORS,
  identityKey,
  JOB_DEVICE_STATUSES,
  JOB_STATUSES,
  JOB_TYPES,
  type JobDevicePage,
  type JobDeviceStatus,
  type JobDeviceView,
  type JobPage,
  type JobStatus,
  type JobTargetCount,
  type JobType,
  type JobView,
  LIMITS,
  type NewJob,
  parseIdentityKey,
} from '@viaduct/contracts';
import {
  cancelJob,
  describeContainer,
  formatJobPosition,
  getJob,
  type JobDeviceRecord,
  type JobRecord,
  listJobDevices,
  listJobs,
  parseCondition,
  parseJobPosition,
  scheduleJob,
} from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';

interface OfJob {
  Params: { jobId: string };
}

interface Page {
  readonly cursor?: string;
  readonly limit: number;
}

/** Jobs: the list, one with its devices, a new one, its end. */
export function jobRoutes(app: FastifyInstance, { hub, store }: ConsoleParts): void {
  app.get<{ Querystring: Page & { type?: JobType; status?: JobStatus } }>(
    '/jobs',
    { schema: { querystring: JOBS } },
    async ({ query: { type, status, cursor, limit } }): Promise<JobPage> => {
      const jobs = await listJobs(hub, {
        ...(type === undefined ? {} : { types: [type] }),
        ...(status === undefined ? {} : { status }),
        ...(cursor === undefined ? {} : { after: parseJobPosition(cursor) }),
        limit,
      });
      const last = jobs.at(-1);
      const next = jobs.length < limit ? undefined : last && formatJobPosition(last);
      return { items: jobs.map(jobView), ...(next === undefined ? {} : { cursor: next }) };
    },
  );

  app.get<OfJob>('/jobs/:jobId', async ({ params }): Promise<JobView> => jobView(await getJob(hub, params.jobId)));

  app.get<OfJob & { Querystring: Page & { status?: JobDeviceStatus } }>(
    '/jobs/:jobId/devices',
    { schema: { querystring: JOB_DEVICES } },
    async ({ params, query: { status, cursor, limit } }): Promise<JobDevicePage> => {
      const devices = await listJobDevices(hub, params.jobId, {
        ...(status === undefined ? {} : { status }),
        ...(cursor === undefined ? {} : { after: parseIdentityKey(cursor) }),
        limit,
      });
      const last = devices.at(-1)?.identity;
      const next = devices.length < limit ? undefined : last && identityKey(last);
      return { items: devices.map(deviceView), ...(next === undefined ? {} : { cursor: next }) };
    },
  );

  app.post<{ Body: { condition: string } }>(
    '/jobs/targets',
    { schema: { body: CONDITION } },
    async ({ body }): Promise<JobTargetCount> => ({
      devices: await hub.queries.countIdentities(parseCondition(body.condition)),
    }),
  );

  app.post<{ Body: NewJob }>('/jobs', { schema: { body: NEW } }, async (request, reply): Promise<JobView> => {
    const { body } = request;
    const what = body.method === undefined ? 'twins' : `method ${body.method.methodName}`;
    const deed = { action: 'job.create', object: `${body.jobId ?? 'new job'}: ${what}, ${body.condition}` };
    const job = await audited(store, request, deed, () => scheduleJob(hub, body));
    reply.code(201);
    return jobView(job);
  });

  app.post<OfJob>('/jobs/:jobId/cancel', async (request): Promise<JobView> => {
    const { jobId } = request.params;
    const deed = { action: 'job.cancel', object: jobId };
    return jobView(await audited(store, request, deed, () => cancelJob(hub, jobId)));
  });
}

/** A job, as the console shows it. */
export function jobView(job: JobRecord): JobView {
  const { work, counts, progress, failureReason } = job;
  const { jobId, status, createdTime, startTime, startedTime, endedTime } = job;
  const known = { jobId, type: work.type, status, createdTime, startTime, startedTime, endedTime };
  const shared = { ...known, counts, progress, failureReason };
  const none = { maxExecutionSeconds: null, condition: null, update: null, method: null, container: null };
  switch (work.type) {
    case 'scheduleUpdateTwin': {
      const { condition, maxExecutionSeconds, update } = work;
      return { ...shared, ...none, condition, maxExecutionSeconds, update };
    }
    case 'scheduleDeviceMethod': {
      const { condition, maxExecutionSeconds, method } = work;
      return { ...shared, ...none, condition, maxExecutionSeconds, method };
    }
    case 'import':
      return { ...shared, ...none, container: describeContainer(work.input.containerUri) };
    case 'export':
      return { ...shared, ...none, container: describeContainer(work.output.containerUri) };
    default:
      return work satisfies never;
  }
}

function deviceView({ identity, status, startedTime, endedTime, response, error }: JobDeviceRecord): JobDeviceView {
  return {
    deviceId: identity.deviceId,
    moduleId: identity.moduleId ?? null,
    status,
    startedTime,
    endedTime,
    response: response ?? null,
    error: error ? { ...error, advice: ERRORS[error.code].advice } : null,
  };
}

const ID = { type: 'string', maxLength: LIMITS.ID_CHARACTERS_MAX } as const;
const PAGE = {
  cursor: { type: 'string', maxLength: 1_024 },
  limit: { type: 'integer', minimum: 1, maximum: LIMITS.JOB_PAGE_MAX, default: 100 },
} as const;
const JOBS = {
  type: 'object',
  properties: { ...PAGE, type: { enum: JOB_TYPES }, status: { enum: JOB_STATUSES } },
} as const;
const JOB_DEVICES = { type: 'object', properties: { ...PAGE, status: { enum: JOB_DEVICE_STATUSES } } } as const;
const CONDITION = {
  type: 'object',
  required: ['condition'],
  additionalProperties: false,
  properties: { condition: { type: 'string', minLength: 1 } },
} as const;
const NEW = {
  type: 'object',
  required: ['condition'],
  additionalProperties: false,
  properties: {
    jobId: ID,
    condition: { type: 'string' },
    startTime: { type: 'integer', minimum: 0 },
    maxExecutionSeconds: { type: 'integer' },
    update: {
      type: 'object',
      additionalProperties: false,
      properties: { etag: { type: 'string' }, tags: { type: 'object' }, desired: { type: 'object' } },
    },
    method: {
      type: 'object',
      required: ['methodName'],
      additionalProperties: false,
      properties: {
        methodName: { type: 'string' },
        payload: {},
        responseTimeoutSeconds: { type: 'number' },
        connectTimeoutSeconds: { type: 'number' },
      },
    },
  },
} as const;
