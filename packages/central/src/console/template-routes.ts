import {
  type KnownInterface,
  LIMITS,
  type ModelFault,
  type TemplateDraft,
  type TemplateImpact,
  type TemplateImport,
  type TemplateMigrated,
  type TemplateMigration,
  type TemplateProposal,
  type TemplateRow,
  type TemplateView,
} from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import { importTemplate } from '../template/import-template.ts';
import { getInterface, searchInterfaces } from '../template/known-interfaces.ts';
import { migrateDevices } from '../template/migrate-devices.ts';
import { newVersion } from '../template/new-version.ts';
import { templateImpact } from '../template/template-impact.ts';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import { templateFile, templateRow, templateView } from './template-view.ts';

interface OfTemplate {
  Params: { templateId: string };
}

/** Device templates: the list, one, import and export, drafts with what they would break, versions, migration. */
export function templateRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  const { templates, store } = parts;

  app.get(
    '/templates',
    (): Promise<readonly TemplateRow[]> =>
      Promise.all(templates.list().map((template) => templateRow(parts, template))),
  );

  app.get<OfTemplate>(
    '/templates/:templateId',
    ({ params }): Promise<TemplateView> => templateView(parts, templates.get(params.templateId)),
  );

  app.post<{ Body: TemplateImport }>(
    '/templates/check',
    { schema: { body: IMPORT }, bodyLimit: BODY_BYTES_MAX },
    ({ body }) => proposal(parts, body.document),
  );

  app.post<{ Body: TemplateDraft }>(
    '/templates/faults',
    { schema: { body: DRAFT }, bodyLimit: BODY_BYTES_MAX },
    ({ body }): Promise<readonly ModelFault[]> => templates.faultsOf(body.document),
  );

  app.get<{ Querystring: { search: string } }>(
    '/templates/interfaces',
    { schema: { querystring: SEARCH } },
    ({ query }): Promise<readonly KnownInterface[]> => searchInterfaces(parts, query.search),
  );

  app.get<{ Params: { modelId: string } }>(
    '/templates/interfaces/:modelId',
    ({ params }): Promise<KnownInterface> => getInterface(parts, params.modelId),
  );

  app.post<{ Body: TemplateImport }>(
    '/templates',
    { schema: { body: IMPORT }, bodyLimit: BODY_BYTES_MAX },
    (request, reply) => {
      const { templateId, document } = importTemplate(request.body.document);
      reply.code(201);
      const expected = request.body.replace === true ? undefined : null;
      return audited(store, request, { action: 'template.import', object: templateId }, async () =>
        templateView(parts, await templates.put(templateId, document, expected)),
      );
    },
  );

  app.put<OfTemplate & { Body: TemplateDraft }>(
    '/templates/:templateId/draft',
    { schema: { body: DRAFT }, bodyLimit: BODY_BYTES_MAX },
    (request) => {
      const { templateId } = request.params;
      const { document, etag } = request.body;
      return audited(store, request, { action: 'template.draft', object: templateId }, async () =>
        templateView(parts, await templates.saveDraft(templateId, document, etag)),
      );
    },
  );

  app.delete<OfTemplate>('/templates/:templateId/draft', async (request, reply) => {
    const { templateId } = request.params;
    await audited(store, request, { action: 'template.discardDraft', object: templateId }, () =>
      templates.discardDraft(templateId),
    );
    return reply.code(204).send();
  });

  app.post<OfTemplate & { Body: { etag?: string } }>(
    '/templates/:templateId/publish',
    { schema: { body: PUBLISH } },
    (request) => {
      const { templateId } = request.params;
      return audited(store, request, { action: 'template.publish', object: templateId }, async () =>
        templateView(parts, await templates.publish(templateId, request.body.etag)),
      );
    },
  );

  app.get<OfTemplate>('/templates/:templateId/impact', async ({ params }): Promise<TemplateImpact> => {
    const { draft, document, summary } = templates.get(params.templateId);
    return templateImpact(
      summary,
      await templates.outline(draft ?? document),
      await templates.usesOf(params.templateId),
    );
  });

  app.post<OfTemplate>('/templates/:templateId/version', (request, reply) => {
    const { templateId } = request.params;
    reply.code(201);
    return audited(store, request, { action: 'template.version', object: templateId }, async () =>
      templateView(parts, await newVersion(templates, templateId)),
    );
  });

  app.post<OfTemplate & { Body: TemplateMigration }>(
    '/templates/:templateId/migrate',
    { schema: { body: MIGRATION } },
    (request): Promise<TemplateMigrated> => {
      const { templateId } = request.params;
      return audited(store, request, { action: 'template.migrate', object: templateId }, () =>
        migrateDevices(parts, templateId, request.body),
      );
    },
  );

  app.delete<OfTemplate>('/templates/:templateId', async (request, reply) => {
    const { templateId } = request.params;
    await audited(store, request, { action: 'template.delete', object: templateId }, () =>
      templates.remove(templateId),
    );
    return reply.code(204).send();
  });

  app.get<OfTemplate & { Querystring: { as: 'template' | 'dtdl' } }>(
    '/templates/:templateId/file',
    { schema: { querystring: FILE } },
    ({ params, query }) => templateFile(templates.get(params.templateId), query.as),
  );
}

/** What an import would make, and what that would do to who uses the template that is there. */
async function proposal({ templates }: ConsoleParts, given: unknown): Promise<TemplateProposal> {
  const { templateId, document } = importTemplate(given);
  const summary = await templates.preview(document);
  const before = templates.find(templateId);
  const impact =
    before === undefined ? null : templateImpact(before.summary, summary, await templates.usesOf(templateId));
  return { templateId, exists: before !== undefined, summary, impact };
}

/** A document and what is around it. */
const BODY_BYTES_MAX = LIMITS.TEMPLATE_BYTES_MAX + 65_536;
const ID = { type: 'string', maxLength: LIMITS.MODEL_ID_CHARACTERS_MAX } as const;
const ETAG = { type: 'string', maxLength: 128 } as const;
const IMPORT = {
  type: 'object',
  required: ['document'],
  properties: { document: {}, replace: { type: 'boolean' } },
} as const;
const DRAFT = {
  type: 'object',
  required: ['document'],
  properties: { document: { type: 'object' }, etag: ETAG },
} as const;
const SEARCH = {
  type: 'object',
  properties: { search: { type: 'string', maxLength: LIMITS.MODEL_ID_CHARACTERS_MAX, default: '' } },
} as const;
const PUBLISH = { type: 'object', properties: { etag: ETAG } } as const;
const MIGRATION = {
  type: 'object',
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
  properties: {
    deviceIds: {
      type: 'array',
      minItems: 1,
      maxItems: LIMITS.CONSOLE_BULK_MAX,
      items: { type: 'string', maxLength: LIMITS.ID_CHARACTERS_MAX },
    },
    fromTemplateId: ID,
  },
} as const;
const FILE = { type: 'object', properties: { as: { enum: ['template', 'dtdl'], default: 'template' } } } as const;
