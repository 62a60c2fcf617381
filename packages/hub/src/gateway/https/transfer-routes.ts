import { HubError, LIMITS } from '@viaduct/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hub } from '../../core/hub.ts';
import { cancelJob } from '../../core/job/cancel-job.ts';
import { getJob, jobNotFound, listJobs } from '../../core/job/get-job.ts';
import { signOwnContainer } from '../../core/job/open-container.ts';
import { DEVICES_FILE, IMPORT_ERRORS_FILE, startTransfer } from '../../core/job/start-transfer.ts';
import type { ContainerFile, JobRecord, JsonObject, TransferWork } from '../../core/ports.ts';
import { isoTime } from '../../core/record/append-happening.ts';
import { textAt } from '../../core/registry/read-device-input.ts';
import { hostAskedFor } from './host-asked-for.ts';
import { isDeviceJob, transferDocument } from './job-document.ts';
import { authorize, jsonObjectIn } from './read-request.ts';
import { secondsAt } from './seconds-at.ts';

/**
 * Import and export of the registry through files in containers of blobs. All ask for RegistryWrite: a file may hold keys.
 *
 *     POST   /jobs/create      begins an import or export
 *     GET    /jobs             the newest
 *     GET    /jobs/{id}
 *     DELETE /jobs/{id}        cancels it. 204
 *     POST   /jobs/container   a signed address of the hub's own container; ours, not Azure's
 *
 * Source: Azure IoT Hub, "Import and export IoT Hub device identities in bulk".
 */
export function transferRoutes(app: FastifyInstance, hub: Hub): void {
  app.post('/jobs/create', async (request) => {
    await authorize(hub, request, 'RegistryWrite');
    return transferDocument(transferJob(await startTransfer(hub, workIn(jsonObjectIn(request)))));
  });
  app.post('/jobs/container', async (request) => {
    await authorize(hub, request, 'RegistryWrite');
    const body = Buffer.isBuffer(request.body) && request.body.length > 0 ? jsonObjectIn(request) : {};
    const seconds = secondsAt(body, 'seconds');
    const { containerUri, expiryTime } = signOwnContainer(hub, seconds, hostAskedFor(hub, request));
    return { containerUri, expiryTimeUtc: isoTime(expiryTime) };
  });
  app.get('/jobs', async (request) => {
    await authorize(hub, request, 'RegistryWrite');
    const jobs = await listJobs(hub, { types: ['import', 'export'], limit: LIMITS.JOB_PAGE_MAX });
    return jobs.map((job) => transferDocument(transferJob(job)));
  });
  app.get('/jobs/:id', async (request) => {
    await authorize(hub, request, 'RegistryWrite');
    return transferDocument(transferJob(await getJob(hub, idIn(request))));
  });
  app.delete('/jobs/:id', async (request, reply) => {
    await authorize(hub, request, 'RegistryWrite');
    const { jobId } = transferJob(await getJob(hub, idIn(request)));
    await cancelJob(hub, jobId);
    return reply.code(204).send();
  });
}

/** @throws HubError job.notFound for a job over devices, which has paths of its own */
function transferJob(job: JobRecord): JobRecord & { readonly work: TransferWork } {
  if (isDeviceJob(job)) throw jobNotFound(job.jobId);
  return job as JobRecord & { readonly work: TransferWork };
}

function workIn(body: JsonObject): TransferWork {
  refuseWhatIsNotOffered(body);
  const type = textAt(body, 'type')?.toLowerCase();
  switch (type) {
    case 'import':
      return {
        type,
        input: fileIn(body, 'input', DEVICES_FILE),
        output: fileIn(body, 'output', IMPORT_ERRORS_FILE),
      };
    case 'export':
      return { type, output: fileIn(body, 'output', DEVICES_FILE), excludeKeys: body.excludeKeysInExport === true };
    default:
      throw new HubError('argument.invalid', 'type is import or export');
  }
}

function refuseWhatIsNotOffered(body: JsonObject): void {
  if ((textAt(body, 'storageAuthenticationType') ?? 'keyBased').toLowerCase() !== 'keybased' || body.identity) {
    const text = 'this hub has no identity at a storage service: use keyBased, with a signature in the address';
    throw new HubError('argument.invalid', text);
  }
  if (body.includeConfigurations === true) {
    throw new HubError(
      'argument.invalid',
      'configurations are not imported or exported: leave out includeConfigurations',
    );
  }
  const { excludeKeysInExport = false } = body;
  if (typeof excludeKeysInExport !== 'boolean' && excludeKeysInExport !== null) {
    throw new HubError('argument.invalid', 'excludeKeysInExport is true or false');
  }
}

function fileIn(body: JsonObject, which: 'input' | 'output', nameByDefault: string): ContainerFile {
  const containerUri = textAt(body, `${which}BlobContainerUri`);
  if (!containerUri) throw new HubError('argument.invalid', `${which}BlobContainerUri is the address of a container`);
  return { containerUri, blobName: textAt(body, `${which}BlobName`) || nameByDefault };
}

function idIn(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}
