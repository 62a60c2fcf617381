import { HubError, LIMITS } from '@viaduct/contracts';
import type { Clock } from '@viaduct/hub';
import type { FindModel } from '../model/summarize-model.ts';
import { importTemplate } from './import-template.ts';
import type { Template, TemplateBook } from './template-book.ts';

/** A model that could not become a template is not tried again for this long, ms: its document may have been mended meanwhile. */
const RETRY_MS = 60_000;

/**
 * Makes templates of models that devices announce and that a models folder has, so that a device of a known kind is understood without
 * anybody's doing. A model that somebody made a template of, even a draft, is left to them.
 */
export class ModelAdopter {
  readonly #templates: TemplateBook;
  readonly #findModel: FindModel;
  readonly #clock: Clock;
  readonly #refused = new Map<string, number>();
  /** Many devices of a kind come at once. */
  readonly #underWay = new Map<string, Promise<Template | undefined>>();

  constructor(templates: TemplateBook, findModel: FindModel, clock: Clock) {
    this.#templates = templates;
    this.#findModel = findModel;
    this.#clock = clock;
  }

  /** The published template of a model, made now where it can be. */
  async adopt(modelId: string): Promise<Template | undefined> {
    const known = this.#templates.findByModelId(modelId);
    if (known !== undefined || this.#isLeftAlone(modelId)) return known;
    const before = this.#underWay.get(modelId);
    if (before !== undefined) return before;
    const made = this.#make(modelId).finally(() => this.#underWay.delete(modelId));
    this.#underWay.set(modelId, made);
    return made;
  }

  async #make(modelId: string): Promise<Template | undefined> {
    try {
      const found = await this.#findModel(modelId);
      return found === undefined ? undefined : await this.#put(modelId, found);
    } catch (thrown) {
      if (!(thrown instanceof HubError)) throw thrown;
      // Somebody made one meanwhile, perhaps as a draft.
      if (thrown.code === 'template.exists') return this.#templates.findByModelId(modelId);
      this.#refuse(modelId);
      return undefined;
    }
  }

  /** A document may hold interfaces that the model needs beside it. */
  async #put(modelId: string, found: unknown): Promise<Template> {
    const all: unknown[] = Array.isArray(found) ? found : [found];
    const root = all.find((one) => (one as { readonly '@id'?: unknown } | null)?.['@id'] === modelId);
    const whole = importTemplate(found);
    const { document } = whole.templateId === modelId ? whole : importTemplate(root);
    return this.#templates.put(modelId, document, null);
  }

  #isLeftAlone(modelId: string): boolean {
    const hasDraft = this.#templates
      .list()
      .some((template) => template.templateId === modelId || template.modelId === modelId);
    return hasDraft || (this.#refused.get(modelId) ?? 0) > this.#clock.now();
  }

  #refuse(modelId: string): void {
    const [oldest] = this.#refused.keys();
    if (this.#refused.size >= LIMITS.MODELS_CACHED_MAX && oldest !== undefined) this.#refused.delete(oldest);
    this.#refused.set(modelId, this.#clock.now() + RETRY_MS);
  }
}
