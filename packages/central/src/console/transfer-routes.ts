import { HubError, type JobView, LIMITS, type NewTransfer, type TransferContainer } from '@viaduct/contracts';
import { getJob, type Hub, type JobRecord, signOwnContainer, startTransfer, type TransferWork } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import { jobView } from './job-routes.ts';

/** Import and export of identities through the hub's own container; the job is looked at like any other. */
export function transferRoutes(app: FastifyInstance, { hub, store }: ConsoleParts): void {
  app.post('/transfers/container', async (): Promise<TransferContainer> => {
    const { pathname, search } = new URL(signOwnContainer(hub).containerUri);
    return { path: pathname, signature: search.slice(1) };
  });

  app.post<{ Body: NewTransfer }>('/transfers', { schema: { body: NEW } }, async (request, reply): Promise<JobView> => {
    // As long as the job may take: a million devices are not read in an hour on every machine.
    const { containerUri } = signOwnContainer(hub, LIMITS.JOB_CONTAINER_SECONDS_MAX);
    const { body } = request;
    const deed = { action: `registry.${body.type}`, object: body.type === 'import' ? body.file : null };
    reply.code(201);
    return jobView(
      await audited(store, request, deed, () => startTransfer(hub, workOf(body, containerUri, hub.clock.now()))),
    );
  });

  // A link, so that the browser streams it to disk; signed anew each time, and only for who is signed in here.
  app.get<{ Params: { jobId: string } }>('/transfers/:jobId/file', async ({ params }, reply) => {
    const { blobName } = ownOutput(hub, await getJob(hub, params.jobId));
    const { pathname, search } = new URL(signOwnContainer(hub).containerUri);
    return reply.redirect(`${pathname}/${encodeURIComponent(blobName)}${search}`);
  });
}

function workOf(body: NewTransfer, containerUri: string, now: number): TransferWork {
  switch (body.type) {
    case 'import':
      return {
        type: 'import',
        input: { containerUri, blobName: body.file },
        output: { containerUri, blobName: `${body.file}.errors.log` },
      };
    case 'export':
      return {
        type: 'export',
        output: { containerUri, blobName: `devices-${now}.txt` },
        excludeKeys: body.excludeKeys,
      };
    default:
      return body satisfies never;
  }
}

/** @throws HubError job.notFound for a job that makes no file, or one that lies with somebody else */
function ownOutput(hub: Hub, { jobId, work }: JobRecord) {
  const isOwn = (uri: string) => new URL(uri).host === new URL(signOwnContainer(hub).containerUri).host;
  const isTransfer = work.type === 'import' || work.type === 'export';
  if (isTransfer && isOwn(work.output.containerUri)) return work.output;
  throw new HubError('job.notFound', `${jobId} has no file here`);
}

const NEW = {
  type: 'object',
  required: ['type'],
  additionalProperties: false,
  properties: {
    type: { enum: ['import', 'export'] },
    file: { type: 'string', minLength: 1, maxLength: 256 },
    excludeKeys: { type: 'boolean' },
  },
} as const;
