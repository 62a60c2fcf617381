import type { JsonObject, ModelFault, ModelSummary, TemplateUse } from '@viaduct/contracts';

/** A device template: a model that devices are assigned to, with what central adds. */
export interface Template {
  /** A DTMI (or an old `urn:`): the `@id` of the template, not of its model. */
  readonly templateId: string;
  readonly displayName: string;
  readonly description: string | null;
  /** The DTDL interface with everything inlined, exactly as it was given: unknown co-types pass through. */
  readonly capabilityModel: JsonObject;
  /** The `@id` of the capability model: what devices announce. */
  readonly modelId: string;
  /** `@type`, as REST has it: `ModelDefinition`, `DeviceModel`, … */
  readonly types: readonly string[];
  /** Read once; cloud properties included. */
  readonly summary: ModelSummary;
  /** False: only a draft, and no device may have it. */
  readonly isPublished: boolean;
  /** What is published, else the draft, as REST has it but for `@id` and `etag`: members that are not known here are kept. */
  readonly document: JsonObject;
  /** What is being worked on, when it differs from what is published. */
  readonly draft: JsonObject | null;
  readonly etag: string;
  readonly createdTime: number;
  readonly updatedTime: number;
}

/** Something that uses a capability and would break, or change, with it. */
export type CapabilityUse = TemplateUse;

/** What a writer knows of what is there: the etag that it read; null where there must be nothing yet. */
export type Expected = string | null;

/** Every template, in memory (at most LIMITS.DEVICE_TEMPLATES_MAX) and in central's own file. */
export interface TemplateBook {
  find(templateId: string): Template | undefined;
  /** @throws HubError template.notFound */
  get(templateId: string): Template;
  /** The published template whose model, or one of whose models, this is: what an announced model id is assigned to. */
  findByModelId(modelId: string): Template | undefined;
  /** The same; and where there is none, but a models folder has the model, a template is made of it and published. */
  adopt(modelId: string): Promise<Template | undefined>;
  list(): readonly Template[];
  /**
   * Publishes at once, as REST does; a draft that is there gives way.
   *
   * @throws HubError template.invalid, model.invalid, naming the element; etag.mismatch, template.exists, central.limitReached
   */
  put(templateId: string, document: JsonObject, expected?: Expected): Promise<Template>;
  /** Publishes something that only adds; a draft stays as it is. Throws what `put` does. */
  extend(templateId: string, document: JsonObject, ifMatch: string): Promise<Template>;
  /** What `put` would publish; nothing is kept. Throws what it would. */
  preview(document: JsonObject): Promise<ModelSummary>;
  /** What an unfinished document holds, with what it names as far as that is known. @throws HubError template.invalid, model.invalid */
  outline(document: JsonObject): Promise<ModelSummary>;
  /** Why `put` would refuse a document, each fault at its element; nothing, where it would not. @throws HubError quota.exceeded (retry) */
  faultsOf(document: JsonObject): Promise<readonly ModelFault[]>;
  /** Keeps a draft; devices do not see it. @throws HubError template.invalid, model.invalid; etag.mismatch, template.exists */
  saveDraft(templateId: string, document: JsonObject, expected?: Expected): Promise<Template>;
  /** Forgets it; a template that was never published is gone. @throws HubError template.notFound */
  discardDraft(templateId: string): Promise<void>;
  /** Throws what `put` does, and etag.mismatch where the draft became another while it was read. */
  publish(templateId: string, ifMatch?: string): Promise<Template>;
  /** @throws HubError template.inUse while a registered use is of the kind `device` */
  remove(templateId: string): Promise<void>;
  /** Who uses what: each part that refers to capabilities registers once. */
  registerUses(find: (template: Template) => Promise<readonly CapabilityUse[]>): void;
  usesOf(templateId: string): Promise<readonly CapabilityUse[]>;
  onChange(listener: (templateId: string) => void): () => void;
}
