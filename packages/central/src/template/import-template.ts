import { HubError, type JsonObject } from '@viaduct/contracts';
import { isObject } from './json-shape.ts';
import { oldTemplate } from './old-template.ts';
import { isModelId, requireTemplateSize, TEMPLATE_TYPES } from './template-document.ts';

/** What an import makes: nothing is kept yet. */
export interface ImportedTemplate {
  readonly templateId: string;
  /** As REST has it; interfaces that are only named may still be missing. */
  readonly document: JsonObject;
}

/**
 * Makes a template of whatever describes one: a DTDL interface; a list of interfaces, of which the one that no other refers to is the
 * device; a template exported from IoT Central, of today or of before there were DTMIs. A template of a bare model has the model's
 * identifier, so the same file imported again is the same template.
 *
 * @throws HubError template.invalid, naming the place; for any JSON at all it is this or a document
 */
export function importTemplate(given: unknown): ImportedTemplate {
  if (Array.isArray(given)) return ofInterfaces(given);
  const document = objectAt(given, 'the document');
  requireTemplateSize(document);
  if (document.capabilityModel !== undefined) return ofTemplate(document);
  if (isOfType(document, 'Interface')) return ofModel(document);
  if (isOfType(document, 'CapabilityModel')) return ofTemplate({ capabilityModel: document });
  throw new HubError(
    'template.invalid',
    'the document is neither a DTDL interface, nor a list of them, nor a template: it has no capabilityModel, and its @type is not Interface',
  );
}

function ofTemplate(given: JsonObject): ImportedTemplate {
  const document = oldTemplate(given);
  const model = objectAt(document.capabilityModel, 'capabilityModel');
  const id = typeof document['@id'] === 'string' && isModelId(document['@id']) ? document['@id'] : model['@id'];
  return { templateId: identifierAt(id, '@id'), document: withTypes(document) };
}

function ofModel(model: JsonObject): ImportedTemplate {
  return { templateId: identifierAt(model['@id'], '@id'), document: withTypes({ capabilityModel: model }) };
}

function ofInterfaces(given: readonly unknown[]): ImportedTemplate {
  const interfaces = given.map((one, index) => objectAt(one, `[${index}]`));
  requireTemplateSize({ interfaces });
  const byId = new Map(interfaces.map((one, index) => [identifierAt(one['@id'], `[${index}].@id`), one]));
  const named = new Set(interfaces.flatMap(referencesOf));
  const roots = interfaces.filter((one) => !named.has(one['@id'] as string));
  const [root] = roots;
  if (root === undefined || roots.length > 1) {
    const ids = roots.map((one) => one['@id']).join(', ');
    throw new HubError(
      'template.invalid',
      root === undefined
        ? 'every interface of the list is part of another, so none is the device'
        : `one interface of a list is the device and the others are parts of it; no other refers to any of ${ids}`,
    );
  }
  return ofModel(withParts(root, byId, []));
}

/** With what other interfaces of the list define; what they do not is looked for elsewhere, later. */
function withParts(model: JsonObject, byId: ReadonlyMap<string, JsonObject>, chain: readonly string[]): JsonObject {
  const inner = [...chain, model['@id'] as string];
  const part = (reference: unknown): unknown => {
    const known = typeof reference === 'string' && !inner.includes(reference) ? byId.get(reference) : undefined;
    return known === undefined ? reference : withParts(known, byId, inner);
  };
  const whole: Record<string, unknown> = { ...model };
  if (Array.isArray(model.extends)) whole.extends = model.extends.map(part);
  else if (model.extends !== undefined) whole.extends = part(model.extends);
  if (Array.isArray(model.contents)) {
    whole.contents = model.contents.map((content: unknown) =>
      isComponent(content) ? { ...content, schema: part(content.schema) } : content,
    );
  }
  return whole;
}

function referencesOf(model: JsonObject): readonly unknown[] {
  const contents: readonly unknown[] = Array.isArray(model.contents) ? model.contents : [];
  return [model.extends].flat().concat(contents.filter(isComponent).map(({ schema }) => schema));
}

function isComponent(content: unknown): content is JsonObject {
  return isObject(content) && isOfType(content, 'Component');
}

function isOfType(document: JsonObject, type: string): boolean {
  return [document['@type']].flat().includes(type);
}

function withTypes(document: JsonObject): JsonObject {
  return { ...document, '@type': document['@type'] ?? TEMPLATE_TYPES };
}

function identifierAt(value: unknown, path: string): string {
  if (typeof value === 'string' && isModelId(value)) return value;
  throw new HubError('template.invalid', `${path} is no identifier of a model, such as dtmi:example:pump;1`);
}

function objectAt(value: unknown, path: string): JsonObject {
  if (isObject(value)) return value;
  throw new HubError('template.invalid', `${path} is not an object`);
}
