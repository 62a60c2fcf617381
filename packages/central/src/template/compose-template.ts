import { HubError, type InferredField, type JsonObject, LIMITS } from '@viaduct/contracts';
import { listOf } from './json-shape.ts';
import { nextVersion } from './next-version.ts';
import { TEMPLATE_TYPES } from './template-document.ts';

const CONTEXT = ['dtmi:iotcentral:context;2', 'dtmi:dtdl:context;2'];

/** A template of capabilities that were guessed and accepted. */
export function composeTemplate(modelId: string, displayName: string, fields: readonly InferredField[]): JsonObject {
  const empty: JsonObject = { '@context': CONTEXT, '@id': modelId, '@type': 'Interface', displayName, contents: [] };
  const capabilityModel = fields.reduce((model, field) => withCapability(model, field), empty);
  return { '@type': TEMPLATE_TYPES, displayName, capabilityModel };
}

/** A template with one capability more; the same identifiers, for nothing that uses it changes. @throws HubError template.invalid */
export function addCapability(document: JsonObject, field: InferredField): JsonObject {
  return { ...document, capabilityModel: withCapability(document.capabilityModel as JsonObject, field) };
}

function withCapability(model: JsonObject, field: InferredField): JsonObject {
  const contents = contentsOf(model);
  if (field.component === null) return { ...model, contents: withElement(contents, field) };
  const at = contents.findIndex((content) => content.name === field.component);
  const known = contents[at];
  const component = known === undefined ? newComponent(model, field.component) : known;
  if (!isComponent(component)) {
    throw new HubError('template.invalid', `${field.component} is no component of the model but something else`);
  }
  const changed = { ...component, schema: withinComponent(component.schema as JsonObject, field, known !== undefined) };
  return { ...model, contents: known === undefined ? [...contents, changed] : contents.with(at, changed) };
}

/** Another component may be of the same interface, so one that is changed gets an identifier of its own. */
function withinComponent(schema: JsonObject, field: InferredField, isKnown: boolean): JsonObject {
  const { '@id': id } = schema;
  const identity = isKnown && typeof id === 'string' && !id.includes(OWN_COMPONENT) ? { '@id': nextVersion(id) } : {};
  return { ...schema, ...identity, contents: withElement(contentsOf(schema), field) };
}

/** Between the model's identifier and the name of a component that was made here. */
const OWN_COMPONENT = ':component:';

function newComponent(model: JsonObject, name: string): JsonObject {
  const [path, version = '1'] = String(model['@id']).split(';');
  const id = (last: string) => `${path}${OWN_COMPONENT}${last};${version}`;
  const isLong = id(name).length > LIMITS.INTERFACE_ID_CHARACTERS_MAX;
  const schema = {
    '@id': isLong ? id(`c${contentsOf(model).length}`) : id(name),
    '@type': 'Interface',
    displayName: name,
    contents: [],
  };
  return { '@type': 'Component', name, schema };
}

function capabilityOf(field: InferredField): JsonObject {
  const { name, displayName, schema, role, measure, kind, isWritable } = field;
  const kinds = [kind === 'telemetry' ? 'Telemetry' : 'Property', role, measure?.semanticType ?? null];
  const types = kinds.filter((type) => type !== null);
  return {
    '@type': types.length === 1 ? types[0] : types,
    name,
    ...(displayName === '' ? {} : { displayName }),
    schema,
    ...(measure === null ? {} : { unit: measure.unit }),
    ...(kind === 'property' && isWritable ? { writable: true } : {}),
  };
}

/** DTDL has one capability of a name, whatever its kind. @throws HubError template.invalid */
function withElement(contents: readonly JsonObject[], field: InferredField): readonly JsonObject[] {
  if (contents.some(({ name }) => name === field.name)) {
    throw new HubError('template.invalid', `the model has ${field.name} already, and a name is of one capability`);
  }
  return [...contents, capabilityOf(field)];
}

function isComponent(content: JsonObject): boolean {
  return [content['@type']].flat().includes('Component') && typeof content.schema === 'object';
}

function contentsOf(model: JsonObject): readonly JsonObject[] {
  return listOf(model.contents) as readonly JsonObject[];
}
