import { HubError } from '@viaduct/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { beginUpload } from '../../core/file/begin-upload.ts';
import { completeUpload, type UploadResult } from '../../core/file/complete-upload.ts';
import type { Hub } from '../../core/hub.ts';
import { authenticateCaller, takeTurn } from './device-caller.ts';
import { hostAskedFor } from './host-asked-for.ts';
import { jsonObjectIn } from './read-request.ts';

/**
 * How a device uploads a file; paths also with `/modules/{moduleId}`. The content itself goes to the blob endpoint.
 *
 *     POST /devices/{id}/files                                  {"blobName"} → where to, with a permission
 *     POST /devices/{id}/files/notifications[/{correlationId}]  how it went; the id is in the path or in the body. 204
 */
export function fileRoutes(app: FastifyInstance, hub: Hub): void {
  for (const owner of ['/devices/:id', '/devices/:id/modules/:moduleId']) {
    app.post(`${owner}/files`, async (request) => {
      const { identity } = await authenticateCaller(hub, request);
      const answerInTurn = takeTurn(hub, identity, 'fileUpload');
      const permission = await beginUpload(hub, identity, blobNameIn(request), hostAskedFor(hub, request));
      await answerInTurn();
      return permission;
    });
    app.post(`${owner}/files/*`, async (request, reply) => {
      const told = notificationIn(request);
      const { identity } = await authenticateCaller(hub, request);
      await completeUpload(hub, identity, resultIn(request, told));
      return reply.code(204).send();
    });
  }
}

function blobNameIn(request: FastifyRequest): string {
  const { blobName } = jsonObjectIn(request);
  if (typeof blobName !== 'string') throw new HubError('argument.invalid', 'blobName is a text');
  return blobName;
}

/** What follows `notifications` in the path, which is no file here: files have their names below the same word. */
function notificationIn(request: FastifyRequest): string | undefined {
  const { '*': rest } = request.params as { '*': string };
  const found = /^notifications(?:\/([^/]+))?\/?$/i.exec(rest);
  if (found === null) throw new HubError('route.notFound', 'a file is written to the blob endpoint, not to the hub');
  return found[1];
}

function resultIn(request: FastifyRequest, inPath: string | undefined): UploadResult {
  const { correlationId = inPath, isSuccess, statusCode, statusDescription } = jsonObjectIn(request);
  if (typeof correlationId !== 'string') throw new HubError('argument.invalid', 'correlationId is a text');
  if (typeof isSuccess !== 'boolean') throw new HubError('argument.invalid', 'isSuccess is true or false');
  return {
    correlationId,
    isSuccess,
    remoteAddress: request.ip,
    // Nothing hangs on these two but words to the operator, and SDKs send null, numbers and texts.
    ...(typeof statusCode === 'number' ? { statusCode } : {}),
    ...(typeof statusDescription === 'string' ? { statusDescription } : {}),
  };
}
