import type { JsonObject } from '@viaduct/contracts';
import type { ModelRepository } from '../model/model-repository.ts';
import { checkModel } from './check-model.ts';
import type { ParsesDtdl } from './dtdl-parser.ts';
import { inlineModel } from './inline-model.ts';

/** What happens to a document before it is published: what it names is written in place, and the whole is checked. */
export function prepareTemplate(models: ModelRepository, parser: ParsesDtdl) {
  return async (document: JsonObject): Promise<JsonObject> => {
    const whole = await inlineModel(document, (modelId) => models.findDocument(modelId));
    await checkModel(parser, whole.capabilityModel as JsonObject);
    return whole;
  };
}
