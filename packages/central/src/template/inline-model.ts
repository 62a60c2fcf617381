import { HubError, type JsonObject, LIMITS } from '@viaduct/contracts';
import type { FindModel } from '../model/summarize-model.ts';
import { isObject, listOf } from './json-shape.ts';

/**
 * Makes the capability model of a template whole: what it extends and what its components are of is written in place, as IoT Central keeps
 * it, so that a template means the same wherever it is taken. Interfaces that are only named are looked up: first in the document itself,
 * where they may be written once and named elsewhere, then with `findModel`.
 *
 * @throws HubError template.invalid, naming the place: an interface that nobody knows, one that extends itself, too many
 */
export async function inlineModel(document: JsonObject, findModel: FindModel): Promise<JsonObject> {
  const model = document.capabilityModel;
  if (!isObject(model)) throw new HubError('template.invalid', 'capabilityModel is not an object');
  const inliner = new Inliner(findModel);
  inliner.learn(model);
  return { ...document, capabilityModel: await inliner.inline(model, 'capabilityModel', []) };
}

class Inliner {
  readonly #findModel: FindModel;
  readonly #known = new Map<string, JsonObject>();
  #inlined = 0;
  /** Of what was only named and is written in place, each time. */
  #bytes = 0;

  constructor(findModel: FindModel) {
    this.#findModel = findModel;
  }

  /** Interfaces that are written out somewhere in the model. */
  learn(model: JsonObject, depth = 0): void {
    if (typeof model['@id'] === 'string' && model.contents !== undefined && !this.#known.has(model['@id'])) {
      this.#known.set(model['@id'], model);
    }
    if (depth > LIMITS.MODEL_DEPTH_MAX) return;
    const components = listOf(model.contents).map((content) => (isObject(content) ? content.schema : undefined));
    for (const inner of [...listOf(model.extends), ...components]) {
      if (isObject(inner)) this.learn(inner, depth + 1);
    }
  }

  async inline(model: JsonObject, path: string, chain: readonly string[]): Promise<JsonObject> {
    this.#inlined += 1;
    const id = model['@id'];
    if (typeof id === 'string' && chain.includes(id)) throw refusal(path, `refers to ${id}, which it is part of`);
    if (chain.length > LIMITS.MODEL_DEPTH_MAX || this.#inlined > LIMITS.MODEL_INTERFACES_MAX) {
      throw refusal(path, `needs more than ${LIMITS.MODEL_INTERFACES_MAX} other interfaces, or nests too deep`);
    }
    const inner = typeof id === 'string' ? [...chain, id] : [...chain, ''];
    const whole: Record<string, unknown> = { ...model };
    if (model.extends !== undefined) whole.extends = await this.#bases(model.extends, `${path}.extends`, inner);
    if (model.contents !== undefined) whole.contents = await this.#contents(listOf(model.contents), path, inner);
    return whole;
  }

  async #bases(bases: unknown, path: string, chain: readonly string[]): Promise<unknown> {
    const whole: unknown[] = [];
    for (const [index, base] of listOf(bases).entries()) {
      whole.push(await this.#referred(base, `${path}[${index}]`, chain));
    }
    return Array.isArray(bases) ? whole : whole[0];
  }

  async #contents(contents: readonly unknown[], path: string, chain: readonly string[]): Promise<unknown[]> {
    const whole: unknown[] = [];
    for (const [index, content] of contents.entries()) {
      const isComponent = isObject(content) && listOf(content['@type']).includes('Component');
      whole.push(
        isComponent
          ? { ...content, schema: await this.#referred(content.schema, `${path}.contents[${index}].schema`, chain) }
          : content,
      );
    }
    return whole;
  }

  async #referred(reference: unknown, path: string, chain: readonly string[]): Promise<unknown> {
    if (isObject(reference)) return this.inline(reference, path, chain);
    if (typeof reference !== 'string') throw refusal(path, 'is neither an interface nor the identifier of one');
    const known = this.#known.get(reference) ?? (await this.#find(reference));
    if (known === undefined) {
      throw refusal(path, `names ${reference}, which is neither in the document nor among the models of this server`);
    }
    this.#bytes += Buffer.byteLength(JSON.stringify(known));
    if (this.#bytes > LIMITS.TEMPLATE_BYTES_MAX) {
      throw refusal(path, `makes the model larger than the ${LIMITS.TEMPLATE_BYTES_MAX} bytes that are kept`);
    }
    return this.inline(known, path, chain);
  }

  async #find(modelId: string): Promise<JsonObject | undefined> {
    for (const one of listOf(await this.#findModel(modelId))) {
      if (isObject(one)) this.learn(one);
    }
    return this.#known.get(modelId);
  }
}

function refusal(path: string, what: string): HubError {
  return new HubError('template.invalid', `${path} ${what}`);
}
