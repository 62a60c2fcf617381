import { HubError, type JsonObject } from '@viaduct/contracts';
import type { Central } from '../central.ts';
import type { Template } from '../template/template-book.ts';
import { templateJson } from '../template/template-json.ts';
import { mergePatch } from './merge-patch.ts';
import type { ApiRequest, ServeOperation } from './operation.ts';
import { orderByName } from './order-by-name.ts';
import { pageOf } from './read-page.ts';

/** Device templates. What is written here is published at once; drafts are of the console, and not seen. */
export function templateOperations({ templates }: Central, serve: ServeOperation): void {
  serve('DeviceTemplates_List', 'template.read', async (_caller, request) =>
    pageOf(
      request,
      orderByName(request, templates.list().filter(isPublished), 'device templates').map(templateJson),
      idOf,
    ),
  );
  serve('DeviceTemplates_Get', 'template.read', async (_caller, request) => templateJson(published(request)));
  serve('DeviceTemplates_Create', 'template.write', async (_caller, { params, body }) =>
    templateJson(await templates.put(params.deviceTemplateId ?? '', body as JsonObject)),
  );
  serve('DeviceTemplates_Update', 'template.write', async (_caller, request) => {
    const template = published(request);
    const changed = mergePatch(template.document, request.body) as JsonObject;
    // Of what was read here, whoever asks: a patch must not undo what somebody else has just written.
    return templateJson(await templates.put(template.templateId, changed, request.ifMatch ?? template.etag));
  });
  serve('DeviceTemplates_Remove', 'template.write', (_caller, request) =>
    templates.remove(published(request).templateId),
  );

  function published({ params }: ApiRequest): Template {
    const template = templates.get(params.deviceTemplateId ?? '');
    if (isPublished(template)) return template;
    throw new HubError('template.notFound', `${template.templateId} is a draft still`);
  }
}

function isPublished(template: Template): boolean {
  return template.isPublished;
}

function idOf(template: JsonObject): string {
  return template['@id'] as string;
}
