import type { JsonObject } from '@viaduct/contracts';
import { nextVersion } from './next-version.ts';
import type { Template, TemplateBook } from './template-book.ts';

/**
 * A draft that is a copy of a template under the next free identifiers, its own and its model's: devices keep the old one until they are
 * migrated, or announce the new model. @throws HubError template.notFound, template.exists, central.limitReached
 */
export async function newVersion(templates: TemplateBook, templateId: string): Promise<Template> {
  const { document, draft } = templates.get(templateId);
  const source = draft ?? document;
  const model = source.capabilityModel as JsonObject;
  const ids = new Set(templates.list().map((template) => template.templateId));
  const modelIds = new Set(templates.list().map((template) => template.modelId));
  const capabilityModel = { ...model, '@id': freeVersion(String(model['@id']), modelIds) };
  return templates.saveDraft(freeVersion(templateId, ids), { ...source, capabilityModel }, null);
}

function freeVersion(id: string, taken: ReadonlySet<string>): string {
  let free = nextVersion(id);
  while (taken.has(free)) free = nextVersion(free);
  return free;
}
