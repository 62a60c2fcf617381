import { HubError, type JsonObject, LIMITS } from '@viaduct/contracts';
import { isObject, listOf } from './json-shape.ts';
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
  const byId = interfacesById(interfaces);
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
  return ofModel(new Parts(byId).place(root, []));
}

function interfacesById(interfaces: readonly JsonObject[]): ReadonlyMap<string, JsonObject> {
  const byId = new Map<string, JsonObject>();
  for (const [index, one] of interfaces.entries()) {
    const id = identifierAt(one['@id'], `[${index}].@id`);
    if (byId.has(id)) throw new HubError('template.invalid', `[${index}] is a second interface ${id}`);
    byId.set(id, one);
  }
  return byId;
}

/** Puts what other interfaces of the list define in place; what they do not is looked for elsewhere, later. */
class Parts {
  readonly #byId: ReadonlyMap<string, JsonObject>;
  /** Each time: a few that name each other twice would be millions. */
  #placed = 0;

  constructor(byId: ReadonlyMap<string, JsonObject>) {
    this.#byId = byId;
  }

  place(model: JsonObject, chain: readonly string[]): JsonObject {
    this.#placed += 1;
    if (this.#placed > LIMITS.MODEL_INTERFACES_MAX) {
      throw new HubError('template.invalid', `the model needs more than ${LIMITS.MODEL_INTERFACES_MAX} interfaces`);
    }
    const inner = [...chain, model['@id'] as string];
    const { extends: bases, contents } = model;
    return {
      ...model,
      ...(bases === undefined ? {} : { extends: listOf(bases).map((base) => this.#part(base, inner)) }),
      ...(contents === undefined ? {} : { contents: listOf(contents).map((content) => this.#content(content, inner)) }),
    };
  }

  #content(content: unknown, chain: readonly string[]): unknown {
    return isComponent(content) ? { ...content, schema: this.#part(content.schema, chain) } : content;
  }

  #part(reference: unknown, chain: readonly string[]): unknown {
    const known = typeof reference === 'string' && !chain.includes(reference) ? this.#byId.get(reference) : undefined;
    return known === undefined ? reference : this.place(known, chain);
  }
}

function referencesOf(model: JsonObject): readonly unknown[] {
  const components = listOf(model.contents).filter(isComponent);
  return [...listOf(model.extends), ...components.map(({ schema }) => schema)];
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
