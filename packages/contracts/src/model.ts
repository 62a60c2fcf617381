/**
 * What the platform needs to know of a DTDL model to label a chart or to draw a form. Read from the DTDL document by the
 * server; browsers get this.
 */
export interface ModelSummary {
  readonly modelId: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly telemetry: readonly ModelField[];
  readonly properties: readonly (ModelField & { readonly writable: boolean })[];
  readonly commands: readonly ModelCommand[];
}

export interface ModelField {
  readonly name: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly component: string | null;
  readonly semanticType: string | null;
  /** Display symbol: `°C`, `%`, `MB/s`; null when the model names no unit. */
  readonly unit: string | null;
  readonly schema: ModelSchema;
}

export type ModelSchema =
  | { readonly kind: 'number' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'string' }
  | { readonly kind: 'dateTime' | 'date' | 'time' | 'duration' }
  | {
      readonly kind: 'enum';
      readonly values: readonly {
        readonly name: string;
        readonly value: string | number;
        readonly displayName: string;
      }[];
    }
  | { readonly kind: 'object'; readonly fields: readonly ModelField[] }
  | { readonly kind: 'array'; readonly element: ModelSchema }
  | { readonly kind: 'map'; readonly value: ModelSchema };

export interface ModelCommand {
  readonly name: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly component: string | null;
  readonly request: ModelField | null;
  readonly response: ModelField | null;
}

const DTMI =
  /^dtmi:[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?(?::[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?)*(?:;[1-9][0-9]{0,8}(?:\.[1-9][0-9]{0,5})?)?$/;

/** Whether a text is a digital twin model identifier. Source: DTDL v3, "Digital Twin Model Identifier". */
export function isDtmi(text: string): boolean {
  return text.length <= 2_048 && DTMI.test(text);
}
