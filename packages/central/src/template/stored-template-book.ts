import { HubError, type JsonObject, LIMITS, type ModelFault, type ModelSummary } from '@viaduct/contracts';
import { type MakesRandomness, newEtag, type OnFault, requireMatch } from '@viaduct/hub';
import type { FindModel } from '../model/summarize-model.ts';
import type { CentralStore } from '../store/central-store.ts';
import { ModelAdopter } from './adopt-model.ts';
import { refuseFaults } from './check-model.ts';
import { faultOfRefusal } from './locate-fault.ts';
import type { CapabilityUse, Expected, Template, TemplateBook } from './template-book.ts';
import { isModelId, readTemplateDocument, requireTemplateSize, type TemplateContent } from './template-document.ts';
import { deleteTemplate, readTemplates, type StoredTemplate, writeTemplate } from './template-table.ts';

export interface TemplateBookOptions extends MakesRandomness {
  readonly store: CentralStore;
  /** Makes a document whole: what it names is written in place. @throws HubError template.invalid, naming the place */
  readonly complete: (document: JsonObject) => Promise<JsonObject>;
  /** What of a whole model is not DTDL. @throws HubError template.invalid, model.invalid, quota.exceeded (retry) */
  readonly findFaults: (capabilityModel: JsonObject) => Promise<readonly ModelFault[]>;
  /** The document of a model that is not a template yet. */
  readonly findModel: FindModel;
  /** Hears of a template that an older version kept and this one cannot read. */
  readonly onFault: OnFault;
}

interface Kept {
  readonly stored: StoredTemplate;
  readonly template: Template;
  readonly modelIds: readonly string[];
}

/**
 * Templates in memory, and in central's own file. Each write is durable before it is seen here, and writes are done one after the other,
 * so that an etag that matched still matches when its write happens.
 */
export class StoredTemplateBook implements TemplateBook {
  readonly #options: TemplateBookOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #uses: ((template: Template) => Promise<readonly CapabilityUse[]>)[] = [];
  readonly #listeners = new Set<(templateId: string) => void>();
  readonly #adopter: ModelAdopter;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: TemplateBookOptions) {
    this.#options = options;
    this.#adopter = new ModelAdopter(this, options.findModel, options.store.clock);
  }

  static async open(options: TemplateBookOptions): Promise<StoredTemplateBook> {
    const book = new StoredTemplateBook(options);
    for (const stored of await readTemplates(options.store)) {
      await book.#keep(stored).catch(options.onFault);
    }
    return book;
  }

  find(templateId: string): Template | undefined {
    return this.#kept.get(templateId)?.template;
  }

  get(templateId: string): Template {
    const template = this.find(templateId);
    if (template === undefined) throw new HubError('template.notFound', `there is no template ${templateId}`);
    return template;
  }

  findByModelId(modelId: string): Template | undefined {
    const published = [...this.#kept.values()].filter(({ template }) => template.isPublished).reverse();
    const found =
      published.find(({ template }) => template.modelId === modelId) ??
      published.find(({ modelIds }) => modelIds.includes(modelId));
    return found?.template;
  }

  adopt(modelId: string): Promise<Template | undefined> {
    return this.#adopter.adopt(modelId);
  }

  list(): readonly Template[] {
    return [...this.#kept.values()].map(({ template }) => template);
  }

  async put(templateId: string, document: JsonObject, expected?: Expected): Promise<Template> {
    const prepared = await this.#prepared(document);
    return this.#write(templateId, expected, async () => ({ document: prepared, draft: null }));
  }

  async extend(templateId: string, document: JsonObject, ifMatch: string): Promise<Template> {
    const prepared = await this.#prepared(document);
    return this.#write(templateId, ifMatch, async (before) => ({ document: prepared, draft: before?.draft ?? null }));
  }

  async preview(document: JsonObject): Promise<ModelSummary> {
    return (await readTemplateDocument(await this.#prepared(document))).summary;
  }

  async outline(document: JsonObject): Promise<ModelSummary> {
    const whole = await this.#options.complete(document).catch((thrown: unknown) => {
      if (thrown instanceof HubError) return document;
      throw thrown;
    });
    return (await readTemplateDocument(whole)).summary;
  }

  async faultsOf(document: JsonObject): Promise<readonly ModelFault[]> {
    try {
      const whole = await this.#whole(document);
      await readTemplateDocument(whole);
      return await this.#options.findFaults(whole.capabilityModel as JsonObject);
    } catch (thrown) {
      const isOfDocument = thrown instanceof HubError && /^(?:template|model)\.invalid$/.test(thrown.code);
      if (isOfDocument) return [faultOfRefusal(thrown)];
      throw thrown;
    }
  }

  saveDraft(templateId: string, document: JsonObject, expected?: Expected): Promise<Template> {
    return this.#write(templateId, expected, async (before) => {
      const draft = withoutIdentity(document);
      requireTemplateSize(draft);
      await readTemplateDocument(draft);
      return { document: before?.document ?? null, draft };
    });
  }

  async discardDraft(templateId: string): Promise<void> {
    if (!this.get(templateId).isPublished) return this.remove(templateId);
    await this.#write(templateId, undefined, async (before) => ({ document: before?.document ?? null, draft: null }));
  }

  async publish(templateId: string, ifMatch?: string): Promise<Template> {
    const { document, draft, etag } = this.get(templateId);
    requireMatch(etag, ifMatch);
    const prepared = await this.#prepared(draft ?? document);
    // What was read is what is published: a draft that was saved meanwhile is not lost under it.
    return this.#write(templateId, etag, async () => ({ document: prepared, draft: null }));
  }

  async remove(templateId: string): Promise<void> {
    await this.#inTurn(async () => {
      const uses = await this.usesOf(templateId);
      const devices = uses.filter(({ kind }) => kind === 'device').length;
      if (devices > 0) throw new HubError('template.inUse', `${templateId} is the template of devices still`);
      await deleteTemplate(this.#options.store, templateId);
      this.#kept.delete(templateId);
    });
    this.#tell(templateId);
  }

  registerUses(find: (template: Template) => Promise<readonly CapabilityUse[]>): void {
    this.#uses.push(find);
  }

  async usesOf(templateId: string): Promise<readonly CapabilityUse[]> {
    const template = this.get(templateId);
    return (await Promise.all(this.#uses.map((find) => find(template)))).flat();
  }

  onChange(listener: (templateId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Before a write has its turn: to read a model takes the parser a while, and others need not wait for it. */
  async #prepared(document: JsonObject): Promise<JsonObject> {
    const whole = await this.#whole(document);
    refuseFaults(await this.#options.findFaults(whole.capabilityModel as JsonObject));
    return whole;
  }

  async #whole(document: JsonObject): Promise<JsonObject> {
    const plain = withoutIdentity(document);
    requireTemplateSize(plain);
    const whole = await this.#options.complete(plain);
    requireTemplateSize(whole);
    return whole;
  }

  async #write(
    templateId: string,
    expected: Expected | undefined,
    change: (before: StoredTemplate | undefined) => Promise<Pick<StoredTemplate, 'document' | 'draft'>>,
  ): Promise<Template> {
    if (!isModelId(templateId)) {
      throw new HubError(
        'template.invalid',
        `"${templateId}" is no identifier of a template, such as dtmi:example:pump;1`,
      );
    }
    const template = await this.#inTurn(async () => {
      const before = this.#kept.get(templateId)?.stored;
      this.#requireExpected(before, expected);
      const now = this.#options.store.clock.now();
      const kept = await read({
        ...(await change(before)),
        templateId,
        etag: newEtag(this.#options),
        createdTime: before?.createdTime ?? now,
        updatedTime: now,
      });
      await writeTemplate(this.#options.store, kept.stored);
      this.#kept.set(templateId, kept);
      return kept.template;
    });
    this.#tell(templateId);
    return template;
  }

  #requireExpected(before: StoredTemplate | undefined, expected: Expected | undefined): void {
    if (before !== undefined) {
      if (expected === null) throw new HubError('template.exists', `there is a template ${before.templateId} already`);
      requireMatch(before.etag, expected);
    } else if (typeof expected === 'string') {
      throw new HubError('etag.mismatch', 'there is no such template to be changed');
    } else if (this.#kept.size >= LIMITS.DEVICE_TEMPLATES_MAX) {
      throw new HubError('central.limitReached', `there are ${this.#kept.size} templates; more are not kept`);
    }
  }

  async #keep(stored: StoredTemplate): Promise<void> {
    this.#kept.set(stored.templateId, await read(stored));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  #tell(templateId: string): void {
    for (const listener of this.#listeners) listener(templateId);
  }
}

async function read(stored: StoredTemplate): Promise<Kept> {
  const content = await readTemplateDocument(stored.document ?? stored.draft ?? {});
  return { stored, template: templateOf(stored, content), modelIds: content.modelIds };
}

function templateOf(stored: StoredTemplate, content: TemplateContent): Template {
  const { displayName, description, types, capabilityModel, modelId, summary } = content;
  const { templateId, draft, etag, createdTime, updatedTime } = stored;
  return {
    ...{ templateId, displayName, description, types, capabilityModel, modelId, summary },
    ...{ draft, etag, createdTime, updatedTime },
    document: stored.document ?? stored.draft ?? {},
    isPublished: stored.document !== null,
  };
}

/** What the path and the store say of a template does not belong to its document. */
function withoutIdentity(document: JsonObject): JsonObject {
  const { '@id': _id, etag: _etag, ...rest } = document;
  return rest;
}
