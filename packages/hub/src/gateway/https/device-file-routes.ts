import { LIMITS } from '@viaduct/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { deleteFile, listFiles, openFile, type StoredFile } from '../../core/file/device-files.ts';
import type { Hub } from '../../core/hub.ts';
import type { JsonObject } from '../../core/ports.ts';
import { isoTime } from '../../core/record/append-happening.ts';
import { getDevice } from '../../core/registry/get-device.ts';
import { attachment } from '../attachment.ts';
import { parseRange } from '../parse-range.ts';
import { authorize, continuationIn, identityIn, pageSize, setContinuation } from './read-request.ts';

/**
 * What devices uploaded, for back ends; ours, not Azure's, which leaves it to storage. All ask for ServiceConnect.
 *
 *     GET    /devices/{id}/files          a page, in order of name, those of its modules included
 *     GET    /devices/{id}/files/{name}   the content, or a range of it; always a download
 *     DELETE /devices/{id}/files/{name}
 *
 * A name is everything after `files/`, percent-decoded once: it may have slashes, dots and what else a device chose.
 */
export function deviceFileRoutes(app: FastifyInstance, hub: Hub): void {
  app.get('/devices/:id/files', async (request, reply) => {
    await authorize(hub, request, 'ServiceConnect');
    return list(hub, request, reply);
  });
  // Without HEAD: Fastify would read the whole file to answer it.
  app.get('/devices/:id/files/*', { exposeHeadRoute: false }, async (request, reply) => {
    await authorize(hub, request, 'ServiceConnect');
    return content(hub, request, reply);
  });
  app.delete('/devices/:id/files/*', async (request, reply) => {
    await authorize(hub, request, 'ServiceConnect');
    await deleteFile(hub, identityIn(request).deviceId, nameIn(request));
    return reply.code(204).send();
  });
}

async function list(hub: Hub, request: FastifyRequest, reply: FastifyReply): Promise<JsonObject[]> {
  const { deviceId } = identityIn(request);
  const asked = request.headers['x-ms-max-item-count'];
  const limit = pageSize(asked, 'x-ms-max-item-count', LIMITS.FILES_PAGE_MAX, LIMITS.FILES_PAGE_MAX);
  const after = continuationIn(request);
  const files = await listFiles(hub, deviceId, { limit, ...(after === undefined ? {} : { after }) });
  // Files outlive their device, so it is asked for only where there is nothing to show.
  if (files.length === 0 && after === undefined) await getDevice(hub, { deviceId });
  const last = files.at(-1);
  if (last !== undefined && files.length === limit) setContinuation(reply, last.name);
  return files.map(fileDocument);
}

async function content(hub: Hub, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { range: header, 'if-range': version } = request.headers;
  // Which version there is turns out only once it is open; the whole of it is a right answer to any If-Range.
  const asked = version === undefined ? parseRange(header) : undefined;
  const file = await openFile(hub, identityIn(request).deviceId, nameIn(request), asked);
  const { start = 0, end = -1 } = file.range ?? {};
  if (asked !== undefined) reply.code(206).header('content-range', `bytes ${start}-${end}/${file.bytes}`);
  return reply
    .headers({
      'content-type': file.contentType ?? 'application/octet-stream',
      'content-length': end - start + 1,
      'content-disposition': attachment(file.name),
      etag: `"${file.etag}"`,
      'last-modified': new Date(file.lastModified).toUTCString(),
      'accept-ranges': 'bytes',
      // A device chose content and type, and the console is of the same origin: nothing here may run in a browser.
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
    })
    .send(file.stream);
}

function nameIn(request: FastifyRequest): string {
  return (request.params as { '*': string })['*'];
}

function fileDocument({ name, bytes, contentType, lastModified, etag }: StoredFile): JsonObject {
  return { name, bytes, contentType, lastModifiedTime: isoTime(lastModified), etag };
}
