import { HubError, type JsonObject, type KnownInterface, LIMITS } from '@viaduct/contracts';
import { DtdlNode } from '../model/dtdl-node.ts';
import type { ModelRepository } from '../model/model-repository.ts';
import { inlineModel } from './inline-model.ts';
import { isObject, listOf } from './json-shape.ts';
import type { TemplateBook } from './template-book.ts';

interface Parts {
  readonly templates: TemplateBook;
  readonly models: ModelRepository;
}

/**
 * Interfaces that a component may be of, or that a model may extend: of templates, with what those are made of, and of the models folders.
 *
 * @param search part of the identifier or of the name, without regard to case
 * @returns LIMITS.MODEL_SEARCH_ROWS_MAX, in order of identifier, without documents
 */
export async function searchInterfaces(
  { templates, models }: Parts,
  search: string,
): Promise<readonly KnownInterface[]> {
  const wanted = search.trim().toLowerCase();
  const fits = ({ modelId, displayName }: KnownInterface) => `${modelId} ${displayName}`.toLowerCase().includes(wanted);
  const found = new Map<string, KnownInterface>();
  for (const { capabilityModel, isPublished } of templates.list()) {
    if (isPublished) for (const one of interfacesOf(capabilityModel)) found.set(one.modelId, one);
  }
  const ofTemplates = [...found.values()].filter(fits);
  const ofFolders = (await models.search(wanted, LIMITS.MODEL_SEARCH_ROWS_MAX)).filter(
    ({ '@id': id }) => !found.has(String(id)),
  );
  return [...ofTemplates, ...ofFolders.map((one) => known(one, 'folder'))]
    .sort((a, b) => (a.modelId < b.modelId ? -1 : 1))
    .slice(0, LIMITS.MODEL_SEARCH_ROWS_MAX)
    .map((one) => ({ ...one, document: null }));
}

/** With everything that it names in place. @throws HubError model.notFound, template.invalid where it names what nobody knows */
export async function getInterface({ templates, models }: Parts, modelId: string): Promise<KnownInterface> {
  for (const { capabilityModel, isPublished } of templates.list()) {
    const found = isPublished ? interfacesOf(capabilityModel).find((one) => one.modelId === modelId) : undefined;
    if (found !== undefined) return found;
  }
  const documents = listOf(await models.findDocument(modelId)).filter(isObject);
  const document = documents.find((one) => one['@id'] === modelId);
  if (document === undefined)
    throw new HubError('model.notFound', `neither a template nor a models folder has ${modelId}`);
  const whole = await inlineModel({ capabilityModel: document }, async (id) =>
    documents.some((one) => one['@id'] === id) ? documents : models.findDocument(id),
  );
  return known(whole.capabilityModel as JsonObject, 'folder');
}

/** A model, what it extends and what its components are of. What is published is a tree of bounded depth. */
function interfacesOf(model: JsonObject): readonly KnownInterface[] {
  const components = listOf(model.contents).map((content) => (isObject(content) ? content.schema : undefined));
  const inner = [...listOf(model.extends), ...components].filter(
    (one) => isObject(one) && one['@type'] === 'Interface',
  );
  return [
    ...(typeof model['@id'] === 'string' ? [known(model, 'template')] : []),
    ...inner.flatMap((one) => interfacesOf(one as JsonObject)),
  ];
}

function known(document: JsonObject, source: KnownInterface['source']): KnownInterface {
  const modelId = String(document['@id']);
  const displayName = new DtdlNode(document, '$').localized('displayName') ?? modelId;
  return { modelId, displayName, source, document };
}
