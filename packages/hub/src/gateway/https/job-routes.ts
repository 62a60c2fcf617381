import {
  HubError,
  identityKey,
  JOB_DEVICE_STATUSES,
  JOB_STATUSES,
  JOB_TYPES,
  type JobMethodCall,
  LIMITS,
  type NewJob,
  parseIdentityKey,
} from '@viaduct/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../core/hub.ts';
import { cancelJob } from '../../core/job/cancel-job.ts';
import {
  formatJobPosition,
  getJob,
  jobNotFound,
  listJobDevices,
  listJobs,
  parseJobPosition,
} from '../../core/job/get-job.ts';
import { scheduleJob } from '../../core/job/schedule-job.ts';
import type { JsonObject } from '../../core/ports.ts';
import { objectAt, textAt } from '../../core/registry/read-device-input.ts';
import { deviceJobDocument, isDeviceJob, jobDocument } from './job-document.ts';
import { authorize, continuationIn, jsonObjectIn, pageSize, setContinuation } from './read-request.ts';
import { secondsAt } from './seconds-at.ts';

const PAGE_DEFAULT = 100;
const DEVICE_JOB_TYPES = ['scheduleUpdateTwin', 'scheduleDeviceMethod'] as const;

/**
 * Jobs over many devices. All ask for ServiceConnect.
 *
 *     PUT  /jobs/v2/{id}                           makes one
 *     GET  /jobs/v2/{id}
 *     GET  /jobs/v2/{id}/devices?status=           pages of its devices and how it went on each; ours, not Azure's
 *     POST /jobs/v2/{id}/cancel                    no device begins any more; answers with the job
 *     GET  /jobs/v2/query?jobType=&jobStatus=      pages, newest first
 *
 * Source: Azure IoT Hub, "Jobs" of the service REST API.
 */
export function jobRoutes(app: FastifyInstance, hub: Hub): void {
  app.get('/jobs/v2/query', async (request, reply) => {
    await authorize(hub, request, 'ServiceConnect');
    return page(hub, request, reply);
  });
  app.put('/jobs/v2/:id', async (request) => {
    await authorize(hub, request, 'ServiceConnect');
    return jobDocument(await scheduleJob(hub, newJobIn(request)));
  });
  app.get('/jobs/v2/:id', async (request) => {
    await authorize(hub, request, 'ServiceConnect');
    return jobDocument(await deviceJob(hub, request));
  });
  app.get('/jobs/v2/:id/devices', async (request, reply) => {
    await authorize(hub, request, 'ServiceConnect');
    return devices(hub, request, reply);
  });
  app.post('/jobs/v2/:id/cancel', async (request) => {
    await authorize(hub, request, 'ServiceConnect');
    const { jobId } = await deviceJob(hub, request);
    return jobDocument(await cancelJob(hub, jobId));
  });
}

/** An import or export is none of these, and needs other rights. @throws HubError job.notFound */
async function deviceJob(hub: Hub, request: FastifyRequest) {
  const job = await getJob(hub, idIn(request));
  if (!isDeviceJob(job)) throw jobNotFound(job.jobId);
  return job;
}

async function page(hub: Hub, request: FastifyRequest, reply: FastifyReply): Promise<JsonObject[]> {
  const { jobtype, jobstatus } = lowerNames(request.query as JsonObject);
  const limit = pageSize(
    request.headers['x-ms-max-item-count'],
    'x-ms-max-item-count',
    PAGE_DEFAULT,
    LIMITS.JOB_PAGE_MAX,
  );
  const type = oneOf('jobType', JOB_TYPES, jobtype);
  const status = oneOf('jobStatus', JOB_STATUSES, jobstatus);
  const position = continuationIn(request);
  const jobs = await listJobs(hub, {
    types: DEVICE_JOB_TYPES.filter((each) => type === undefined || each === type),
    ...(status === undefined ? {} : { status }),
    ...(position === undefined ? {} : { after: parseJobPosition(position) }),
    limit,
  });
  reply.header('x-ms-item-type', 'JobResponse');
  const last = jobs.at(-1);
  if (last !== undefined && jobs.length === limit) setContinuation(reply, formatJobPosition(last));
  return jobs.map(jobDocument);
}

async function devices(hub: Hub, request: FastifyRequest, reply: FastifyReply): Promise<JsonObject[]> {
  const { jobId, work } = await deviceJob(hub, request);
  const limit = pageSize(request.headers['x-ms-max-item-count'], 'x-ms-max-item-count', PAGE_DEFAULT);
  const status = oneOf('status', JOB_DEVICE_STATUSES, lowerNames(request.query as JsonObject).status);
  const position = continuationIn(request);
  const found = await listJobDevices(hub, jobId, {
    ...(status === undefined ? {} : { status }),
    ...(position === undefined ? {} : { after: parseIdentityKey(position) }),
    limit,
  });
  reply.header('x-ms-item-type', 'DeviceJob');
  const last = found.at(-1);
  if (last !== undefined && found.length === limit) setContinuation(reply, identityKey(last.identity));
  return found.map((device) => deviceJobDocument(work.type, device));
}

function newJobIn(request: FastifyRequest): NewJob {
  const body = jsonObjectIn(request);
  const jobId = idIn(request);
  if ((textAt(body, 'jobId') ?? jobId) !== jobId) {
    throw new HubError('argument.invalid', 'jobId in the body is another one than in the path');
  }
  const type = oneOf('type', DEVICE_JOB_TYPES, textAt(body, 'type'));
  const startTime = startTimeIn(body);
  const maxExecutionSeconds = secondsAt(body, 'maxExecutionTimeInSeconds');
  const job = {
    jobId,
    condition: textAt(body, 'queryCondition') ?? '',
    ...(startTime === undefined ? {} : { startTime }),
    ...(maxExecutionSeconds === undefined ? {} : { maxExecutionSeconds }),
  };
  switch (type) {
    case 'scheduleUpdateTwin':
      return { ...job, update: updateIn(objectAt(body, 'updateTwin') ?? {}) };
    case 'scheduleDeviceMethod':
      return { ...job, method: methodIn(objectAt(body, 'cloudToDeviceMethod') ?? {}) };
    case undefined:
      throw new HubError('argument.invalid', `type is ${DEVICE_JOB_TYPES.join(' or ')}`);
    default:
      return type satisfies never;
  }
}

/** Null, and the time that .NET writes for none, mean now. */
function startTimeIn(body: JsonObject): number | undefined {
  const text = textAt(body, 'startTime');
  if (text === undefined || text === '' || text.startsWith('0001-01-01')) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new HubError('argument.invalid', 'startTime is a time like 2030-01-01T00:00:00Z');
  return time;
}

/** Everything but these is ignored: clients send whole twins. */
function updateIn(json: JsonObject): NonNullable<NewJob['update']> {
  const etag = textAt(json, 'etag') ?? textAt(json, 'eTag');
  const tags = objectAt(json, 'tags');
  const desired = objectAt(objectAt(json, 'properties') ?? {}, 'desired');
  return { ...(etag && { etag }), ...(tags && { tags }), ...(desired && { desired }) };
}

function methodIn(json: JsonObject): JobMethodCall {
  const responseTimeoutSeconds = secondsAt(json, 'responseTimeoutInSeconds') ?? secondsAt(json, 'timeoutInSeconds');
  const connectTimeoutSeconds = secondsAt(json, 'connectTimeoutInSeconds');
  return {
    methodName: textAt(json, 'methodName') ?? '',
    ...(Object.hasOwn(json, 'payload') ? { payload: json.payload } : {}),
    ...(responseTimeoutSeconds === undefined ? {} : { responseTimeoutSeconds }),
    ...(connectTimeoutSeconds === undefined ? {} : { connectTimeoutSeconds }),
  };
}

/** Without regard to case. @throws HubError argument.invalid */
function oneOf<T extends string>(name: string, words: readonly T[], given: unknown): T | undefined {
  if (given === undefined || given === '') return undefined;
  const found = words.find((word) => word.toLowerCase() === String(given).toLowerCase());
  if (found !== undefined) return found;
  throw new HubError('argument.invalid', `${name} is ${words.join(', ')}, not "${String(given).slice(0, 40)}"`);
}

function lowerNames(query: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name.toLowerCase(), value]));
}

function idIn(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}
