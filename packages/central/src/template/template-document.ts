import { HubError, isDtmi, type JsonObject, LIMITS, type ModelSummary } from '@viaduct/contracts';
import { summarizeModel } from '../model/summarize-model.ts';
import { isObject } from './json-shape.ts';

/** What the document of a template says, read. */
export interface TemplateContent {
  readonly displayName: string;
  readonly description: string | null;
  readonly types: readonly string[];
  readonly capabilityModel: JsonObject;
  readonly modelId: string;
  /** `modelId`, then the interfaces that it extends, nearest first: a device may announce any of them. */
  readonly modelIds: readonly string[];
  readonly summary: ModelSummary;
}

/** What REST gives a template whose body names no types. */
export const TEMPLATE_TYPES: readonly string[] = ['ModelDefinition', 'DeviceModel'];

/**
 * Reads the document of a template as REST has it: `@type`, `displayName`, `description`, and `capabilityModel`, a DTDL interface with
 * everything inlined. The language of the model is not checked here, for a draft may be unfinished; only what central itself reads must
 * be there.
 *
 * @throws HubError template.invalid, model.invalid, naming the place; for any JSON at all it is this or a template
 */
export async function readTemplateDocument(document: JsonObject): Promise<TemplateContent> {
  const capabilityModel = objectAt(document.capabilityModel, 'capabilityModel');
  const modelId = capabilityModel['@id'];
  if (typeof modelId !== 'string' || !isModelId(modelId)) {
    throw new HubError('template.invalid', 'capabilityModel.@id is no digital twin model identifier');
  }
  const summary = await summarizeModel(capabilityModel, modelId);
  requireFewCapabilities(summary);
  return {
    displayName: textAt(document, 'displayName') ?? summary.displayName,
    description: textAt(document, 'description') ?? summary.description,
    types: typesOf(document),
    capabilityModel,
    modelId,
    modelIds: [modelId, ...baseIds(capabilityModel)],
    summary,
  };
}

/** A DTMI, or the `urn:` of templates that were made before there were DTMIs. */
export function isModelId(id: string): boolean {
  return isDtmi(id) || (/^urn:[A-Za-z0-9:._-]+$/.test(id) && id.length <= LIMITS.MODEL_ID_CHARACTERS_MAX);
}

/** Refuses a document that is too large before anything walks through it. @throws HubError template.invalid */
export function requireTemplateSize(document: JsonObject): void {
  requireShallow(document);
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes > LIMITS.TEMPLATE_BYTES_MAX) {
    throw new HubError(
      'template.invalid',
      `the document has ${bytes} bytes; at most ${LIMITS.TEMPLATE_BYTES_MAX} are kept`,
    );
  }
}

/** Level by level, for what nests too deep exhausts the stack of whatever walks through it otherwise. */
function requireShallow(document: JsonObject): void {
  let level: unknown[] = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > LIMITS.JSON_BODY_DEPTH_MAX) {
      throw new HubError('template.invalid', `the document nests deeper than ${LIMITS.JSON_BODY_DEPTH_MAX}`);
    }
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
}

function requireFewCapabilities({ telemetry, properties, commands, cloudProperties = [] }: ModelSummary): void {
  const count = telemetry.length + properties.length + commands.length + cloudProperties.length;
  if (count > LIMITS.TEMPLATE_CAPABILITIES_MAX) {
    throw new HubError(
      'template.invalid',
      `capabilityModel has ${count} capabilities; at most ${LIMITS.TEMPLATE_CAPABILITIES_MAX} are allowed`,
    );
  }
}

function typesOf(document: JsonObject): readonly string[] {
  const types = document['@type'];
  const list = typeof types === 'string' ? [types] : types;
  if (list === undefined) return TEMPLATE_TYPES;
  if (!Array.isArray(list) || !list.every((type) => typeof type === 'string')) {
    throw new HubError('template.invalid', '@type is no list of texts');
  }
  return list.length === 0 ? TEMPLATE_TYPES : list;
}

function objectAt(value: unknown, path: string): JsonObject {
  if (isObject(value)) return value;
  throw new HubError('template.invalid', `${path} is not an object`);
}

function textAt(document: JsonObject, name: string): string | null {
  const value = document[name];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw new HubError('template.invalid', `${name} is not a text`);
  return value;
}

/** Of what an interface extends, level by level. What was read is a tree of bounded depth: the summary would have been refused. */
function baseIds(model: JsonObject): string[] {
  const ids: string[] = [];
  let level: unknown[] = [model];
  while (level.length > 0) {
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? [(one as JsonObject).extends].flat() : [],
    );
    for (const base of level) {
      const id = typeof base === 'object' && base !== null ? (base as JsonObject)['@id'] : base;
      if (typeof id === 'string') ids.push(id);
    }
  }
  return ids;
}
