import { Readable } from 'node:stream';
import { type DirectorySelection, LIMITS } from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import { exportDevices } from '../directory/import/export-devices.ts';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import { SELECTION, selectionFilter } from './directory-selection.ts';

interface OfImport {
  Params: { importId: string };
}
interface NewImportQuery {
  readonly fileName: string;
  readonly templateId?: string;
  readonly organization?: string;
  readonly approved: boolean;
}

/** Devices from a CSV file, and to one. */
export function importRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  const { imports, store } = parts;
  // As it comes: the file is larger than what is kept in memory.
  app.addContentTypeParser('text/csv', (_request, content, done) => done(null, content));

  app.post<{ Querystring: NewImportQuery; Body: Readable }>(
    '/imports',
    { schema: { querystring: NEW } },
    (request, reply) => {
      const { fileName, templateId, organization, approved } = request.query;
      reply.code(202);
      return audited(store, request, { action: 'device.import', object: fileName }, () =>
        imports.start({
          fileName,
          content: request.body,
          defaults: { templateId: templateId || null, organization: organization || null, approved },
        }),
      );
    },
  );

  app.get('/imports', () => imports.list());

  app.get<OfImport>('/imports/:importId', ({ params }) => imports.get(params.importId));

  app.delete<OfImport>('/imports/:importId', async (request, reply) => {
    const { importId } = request.params;
    await audited(store, request, { action: 'device.import.cancel', object: importId }, () => imports.cancel(importId));
    return reply.code(204).send();
  });

  app.get<OfImport>('/imports/:importId/errors', async ({ params }, reply) => {
    const lines = await imports.refusedLines(params.importId);
    return asDownload(reply, 'refused-lines.csv').send(Readable.from(lines));
  });

  app.get<{ Querystring: DirectorySelection & { credentials: boolean } }>(
    '/exports/devices',
    { schema: { querystring: EXPORT } },
    (request, reply) => {
      const { credentials, search, ...selection } = request.query;
      const action = credentials ? 'device.export.credentials' : 'device.export';
      return audited(store, request, { action, object: null }, async () => {
        const filter = selectionFilter(parts.groups, selection);
        const wanted = { credentials, ...(filter && { filter }), ...(search === undefined ? {} : { search }) };
        return asDownload(reply, 'devices.csv').send(Readable.from(exportDevices(parts, wanted)));
      });
    },
  );
}

function asDownload<T extends { header(name: string, value: string): T }>(reply: T, name: string): T {
  return reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}"`);
}

const TEXT = { type: 'string', maxLength: 2_048 } as const;
const NEW = {
  type: 'object',
  properties: {
    fileName: { type: 'string', maxLength: LIMITS.AUDIT_TEXT_CHARACTERS_MAX, default: 'devices.csv' },
    templateId: TEXT,
    organization: TEXT,
    approved: { type: 'boolean', default: true },
  },
} as const;
const EXPORT = {
  type: 'object',
  properties: { ...SELECTION, credentials: { type: 'boolean', default: false } },
} as const;
