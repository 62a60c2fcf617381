import { ERRORS, HubError, type JobMethodCall, type JobTwinUpdate } from '@viaduct/contracts';
import { describeContainer } from '../../core/job/open-container.ts';
import type {
  ContainerFile,
  DeviceWork,
  JobDeviceRecord,
  JobRecord,
  JsonObject,
  TransferWork,
} from '../../core/ports.ts';
import { isoTime } from '../../core/record/append-happening.ts';

export function isDeviceJob(job: JobRecord): job is JobRecord & { readonly work: DeviceWork } {
  return job.work.type === 'scheduleUpdateTwin' || job.work.type === 'scheduleDeviceMethod';
}

/** A job over devices as the REST API shows it: JobResponse. Pure. */
export function jobDocument(job: JobRecord): JsonObject {
  if (!isDeviceJob(job)) throw new HubError('job.notFound', `"${job.jobId}" is an import or export`);
  const { work, counts, endedTime, failureReason } = job;
  return {
    jobId: job.jobId,
    type: work.type,
    status: job.status,
    createdTime: isoTime(job.createdTime),
    startTime: isoTime(job.startTime),
    ...(endedTime === null ? {} : { endTime: isoTime(endedTime) }),
    maxExecutionTimeInSeconds: work.maxExecutionSeconds,
    queryCondition: work.condition,
    ...(work.type === 'scheduleUpdateTwin'
      ? { updateTwin: updateDocument(work.update) }
      : { cloudToDeviceMethod: methodDocument(work.method) }),
    ...(failureReason === null ? {} : { failureReason }),
    deviceJobStatistics: {
      deviceCount: counts.devices,
      failedCount: counts.failed,
      succeededCount: counts.completed,
      runningCount: counts.running,
      pendingCount: counts.pending,
      // Ours: those whose turn never came. Azure has no word for them.
      cancelledCount: counts.cancelled,
    },
  };
}

/** How a job went on one device: DeviceJob. Pure. */
export function deviceJobDocument(jobType: DeviceWork['type'], device: JobDeviceRecord): JsonObject {
  const { identity, createdTime, startedTime, endedTime, response, error } = device;
  return {
    jobId: device.jobId,
    ...identity,
    jobType,
    status: device.status,
    ...(startedTime === null ? {} : { startTimeUtc: isoTime(startedTime) }),
    ...(endedTime === null ? {} : { endTimeUtc: isoTime(endedTime) }),
    createdDateTimeUtc: isoTime(createdTime),
    lastUpdatedDateTimeUtc: isoTime(endedTime ?? startedTime ?? createdTime),
    ...(response === null ? {} : { outcome: { deviceMethodResponse: response } }),
    ...(error ? { error: { code: ERRORS[error.code].name, description: error.message } } : {}),
  };
}

function updateDocument({ etag = '*', tags, desired }: JobTwinUpdate): JsonObject {
  return { etag, ...(tags && { tags }), ...(desired && { properties: { desired } }) };
}

function methodDocument({ methodName, payload, ...timeouts }: JobMethodCall): JsonObject {
  const { responseTimeoutSeconds, connectTimeoutSeconds } = timeouts;
  return {
    methodName,
    ...(payload === undefined ? {} : { payload }),
    ...(responseTimeoutSeconds === undefined ? {} : { responseTimeoutInSeconds: responseTimeoutSeconds }),
    ...(connectTimeoutSeconds === undefined ? {} : { connectTimeoutInSeconds: connectTimeoutSeconds }),
  };
}

/** An import or export: JobProperties. Addresses are shown without the signature that opens them. Pure. */
export function transferDocument(job: JobRecord & { readonly work: TransferWork }): JsonObject {
  const { work, counts, startedTime, endedTime, failureReason } = job;
  return {
    jobId: job.jobId,
    type: work.type,
    // A registry job of Azure waits under another name than a job over devices.
    status: job.status === 'queued' ? 'enqueued' : job.status,
    progress: job.progress,
    startTimeUtc: isoTime(startedTime ?? job.createdTime),
    ...(endedTime === null ? {} : { endTimeUtc: isoTime(endedTime) }),
    ...(work.type === 'import' ? fileDocument('input', work.input) : { excludeKeysInExport: work.excludeKeys }),
    ...fileDocument('output', work.output),
    storageAuthenticationType: 'keyBased',
    ...(failureReason === null ? {} : { failureReason }),
    // Ours: lines done, and lines of an import that were refused.
    completedCount: counts.completed,
    failedCount: counts.failed,
  };
}

function fileDocument(which: 'input' | 'output', { containerUri, blobName }: ContainerFile): JsonObject {
  return { [`${which}BlobContainerUri`]: describeContainer(containerUri), [`${which}BlobName`]: blobName };
}
