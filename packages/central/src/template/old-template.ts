import type { JsonObject } from '@viaduct/contracts';
import { isObject, listOf } from './json-shape.ts';

/**
 * A template as IoT Central exported it before 2021, in today's form; today's is left as it is. Then, cloud properties and what people
 * changed of the display lay beside the model (`solutionModel`), and a model was a list of interfaces whose telemetry was not told apart
 * (`implements`), so these become what the model extends.
 *
 * Source: exports of 2019 and 2020, api-version `preview`.
 */
export function oldTemplate(document: JsonObject): JsonObject {
  const { solutionModel, ...rest } = document;
  const model = isObject(document.capabilityModel) ? oldModel(document.capabilityModel) : document.capabilityModel;
  if (!isObject(model) || !isObject(solutionModel)) return { ...rest, capabilityModel: model };
  const cloud = listOf(solutionModel.cloudProperties).filter(isObject).map(cloudProperty);
  const overrides = listOf(solutionModel.overrides).filter(isObject);
  const contents = [...listOf(model.contents), ...cloud].map((content) => overridden(content, overrides));
  return { ...rest, capabilityModel: { ...model, contents } };
}

function oldModel(model: JsonObject): JsonObject {
  if (!Array.isArray(model.implements)) return model;
  const { implements: instances, ...rest } = model;
  const interfaces = instances.filter(isObject).map((instance: JsonObject) => instance.schema);
  return { ...rest, '@type': 'Interface', contents: listOf(model.contents), extends: interfaces.map(oldInterface) };
}

/** The interfaces of then are written in the context of their model. */
function oldInterface(schema: unknown): unknown {
  return isObject(schema) ? { ...schema, '@type': schema['@type'] ?? 'Interface' } : schema;
}

function cloudProperty({ '@type': types, ...property }: JsonObject): JsonObject {
  const own = listOf(types).filter(
    (type) => typeof type === 'string' && type !== 'CloudProperty' && type !== 'Property',
  );
  return { ...property, '@type': ['Property', 'Cloud', ...own] };
}

/** Names an element by its identifier, and says what is shown instead. */
function overridden(content: unknown, overrides: readonly JsonObject[]): unknown {
  if (!isObject(content)) return content;
  const mine = overrides.filter(({ capability }) => typeof capability === 'string' && capability === content['@id']);
  const shown = mine.map(({ '@id': _id, '@type': _type, capability: _of, ...rest }) => rest);
  return Object.fromEntries([content, ...shown].flatMap((one) => Object.entries(one)));
}
