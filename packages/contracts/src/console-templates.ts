/**
 * Models, as the console reads and changes them: device templates, and what is made of what a device sends.
 *
 *     GET    /templates                                      → TemplateRow[]
 *     POST   /templates/check     { document }               → TemplateProposal   of any document an import takes; nothing is kept
 *     POST   /templates/faults    { document }               → ModelFault[]       of any template at all; nothing is kept
 *     POST   /templates           TemplateImport             → TemplateView       201, published; 409 template.exists unless `replace`
 *     GET    /templates/interfaces?search=                   → KnownInterface[]   LIMITS.MODEL_SEARCH_ROWS_MAX of them, by identifier
 *     GET    /templates/interfaces/{id}                      → KnownInterface     with its document; 404 model.notFound
 *     GET    /templates/{id}                                 → TemplateView
 *     DELETE /templates/{id}                                 → 204                409 template.inUse
 *     PUT    /templates/{id}/draft   TemplateDraft           → TemplateView       made when it does not exist
 *     DELETE /templates/{id}/draft                           → 204                what was never published is gone
 *     POST   /templates/{id}/publish { etag? }               → TemplateView       422 model.invalid, a line for each element
 *     GET    /templates/{id}/impact                          → TemplateImpact     of publishing the draft
 *     POST   /templates/{id}/version                         → TemplateView       201: a draft with the next identifiers
 *     POST   /templates/{id}/migrate TemplateMigration       → TemplateMigrated   to this template
 *     GET    /templates/{id}/file?as=template|dtdl           → the file
 *     GET    /devices/{id}/proposal                          → InferredTemplate   of what the device sends
 *     POST   /devices/{id}/proposal  AcceptedTemplate        → TemplateView       201: published, and the device's
 *     POST   /devices/{id}/capability  NewCapability         → TemplateView       one unmodelled value becomes part of its template
 */
import type { JsonObject } from './console-api.ts';
import type { ModelSummary } from './model.ts';

/** One thing that is wrong with a model that somebody works on. */
export interface ModelFault {
  /** From the document of the template to the element, as far as it can be told: `['capabilityModel', 'contents', 0, 'schema']`. */
  readonly path: readonly (string | number)[];
  /** The member of the element that is wrong; null for the element as a whole. */
  readonly property: string | null;
  /** For people. */
  readonly message: string;
}

/** An interface that a component may be of, or that a model may extend. */
export interface KnownInterface {
  readonly modelId: string;
  readonly displayName: string;
  /** A template of this server has it, or a models folder. */
  readonly source: 'template' | 'folder';
  /** With everything that it names in place; null in lists. */
  readonly document: JsonObject | null;
}

export interface TemplateRow {
  readonly templateId: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly modelId: string;
  readonly isPublished: boolean;
  readonly hasDraft: boolean;
  readonly devices: number;
  readonly capabilities: number;
  /** ISO 8601. */
  readonly updatedAt: string;
}

export interface TemplateView extends TemplateRow {
  readonly etag: string;
  readonly createdAt: string;
  readonly summary: ModelSummary;
  /** What is published, else the draft. */
  readonly document: JsonObject;
  readonly draft: JsonObject | null;
  readonly draftSummary: ModelSummary | null;
  readonly uses: readonly TemplateUse[];
}

/** Something that would break, or change, with a capability. */
export interface TemplateUse {
  readonly kind:
    | 'device'
    | 'simulatedDevice'
    | 'deviceGroup'
    | 'dashboard'
    | 'page'
    | 'explorerQuery'
    | 'savedQuery'
    | 'job'
    | 'configuration'
    | 'enrollment'
    | 'rule'
    | 'export';
  readonly id: string;
  readonly displayName: string;
  /** Which capabilities, with dots; empty when it is the template as a whole. */
  readonly paths: readonly string[];
}

export interface TemplateImport {
  readonly document: unknown;
  /** A template of this identifier may be there already. */
  readonly replace?: boolean;
}

export interface TemplateProposal {
  readonly templateId: string;
  readonly exists: boolean;
  readonly summary: ModelSummary;
  /** Of publishing it in place of what is there; null when nothing is. */
  readonly impact: TemplateImpact | null;
}

export interface TemplateDraft {
  readonly document: JsonObject;
  readonly etag?: string;
}

export interface TemplateImpact {
  /** Capabilities, with dots. */
  readonly added: readonly string[];
  /** Their schema, unit or direction is another. */
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** What uses something that is changed or removed. */
  readonly uses: readonly TemplateUse[];
}

export interface TemplateMigration {
  /** These devices, at most LIMITS.CONSOLE_BULK_MAX … */
  readonly deviceIds?: readonly string[];
  /** … or all of this template. */
  readonly fromTemplateId?: string;
}

export interface TemplateMigrated {
  readonly migrated: number;
  readonly failed: readonly { readonly deviceId: string; readonly message: string }[];
  /** There are more; ask again. */
  readonly isCut: boolean;
}

/** How sure a guess is: by a plain name and plausible values, or by less. */
export type GuessConfidence = 'high' | 'low';

/** One value that a device sends, as a capability that its model could have. */
export interface InferredField {
  readonly kind: 'telemetry' | 'property';
  readonly component: string | null;
  readonly name: string;
  readonly displayName: string;
  /** DTDL. */
  readonly schema: unknown;
  /** `State`, `Location`, … of IoT Central's context. */
  readonly role: string | null;
  readonly isWritable: boolean;
  /** What is measured; null when the name says nothing. */
  readonly measure: {
    readonly semanticType: string;
    readonly unit: string;
    readonly confidence: GuessConfidence;
  } | null;
  /** How often it was seen, and what it was last. */
  readonly seen: number;
  readonly example: unknown;
}

export interface InferredTemplate {
  readonly deviceId: string;
  /** Suggested. */
  readonly templateId: string;
  readonly displayName: string;
  readonly fields: readonly InferredField[];
  /** Keys that no model can hold, or past LIMITS.INFERRED_FIELDS_MAX: some of them, and how many there are. */
  readonly skipped: readonly string[];
  readonly skippedCount: number;
  readonly messages: number;
}

/** A field as somebody accepted it: without a measure that they did not want. */
export interface AcceptedTemplate {
  readonly templateId: string;
  readonly displayName: string;
  readonly fields: readonly InferredField[];
}

export interface NewCapability {
  readonly kind: 'telemetry' | 'property';
  readonly component: string | null;
  readonly name: string;
}
