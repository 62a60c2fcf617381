import { type DeviceFile, type FilePage, LIMITS } from '@viaduct/contracts';
import { attachment, deleteFile, getDevice, listFiles, openFile, type StoredFile } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import { iso } from './device-view.ts';
import type { OfDevice } from './identity-paths.ts';

interface Named {
  readonly name: string;
}

/** What a device uploaded: list, download, delete. Names are query parameters, for they may hold slashes and dots. */
export function fileRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  app.get<OfDevice & { Querystring: { after?: string; limit: number } }>(
    '/devices/:deviceId/files',
    { schema: { querystring: LIST } },
    async ({ params, query }): Promise<FilePage> => {
      await getDevice(parts.hub, params);
      const items = (await listFiles(parts.hub, params.deviceId, query)).map(deviceFile);
      const last = items.at(-1);
      return { items, ...(items.length < query.limit || last === undefined ? {} : { cursor: last.name }) };
    },
  );

  // Whatever a device sent is a download and never a page: no type of its own, no sniffing, and a policy without anything.
  app.get<OfDevice & { Querystring: Named }>(
    '/devices/:deviceId/files/content',
    { schema: { querystring: NAMED }, exposeHeadRoute: false },
    async ({ params, query }, reply) => {
      const file = await openFile(parts.hub, params.deviceId, query.name);
      return reply
        .headers({
          'content-type': 'application/octet-stream',
          'content-length': file.bytes,
          'content-disposition': attachment(query.name),
          'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
        })
        .send(file.stream);
    },
  );

  app.delete<OfDevice & { Querystring: Named }>(
    '/devices/:deviceId/files',
    { schema: { querystring: NAMED } },
    async (request, reply) => {
      const { params, query } = request;
      await audited(parts.store, request, { action: 'file.delete', object: `${params.deviceId} ${query.name}` }, () =>
        deleteFile(parts.hub, params.deviceId, query.name),
      );
      return reply.code(204).send();
    },
  );
}

function deviceFile({ name, bytes, contentType, lastModified }: StoredFile): DeviceFile {
  return { name, bytes, contentType, modifiedAt: iso(lastModified) };
}

const NAME = { type: 'string', minLength: 1, maxLength: LIMITS.BLOB_NAME_CHARACTERS_MAX } as const;
const NAMED = { type: 'object', required: ['name'], properties: { name: NAME } } as const;
const LIST = {
  type: 'object',
  properties: {
    after: NAME,
    limit: { type: 'integer', minimum: 1, maximum: LIMITS.FILES_PAGE_MAX, default: LIMITS.FILES_PAGE_MAX },
  },
} as const;
