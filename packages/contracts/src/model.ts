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
  /** Parts of the device, in the order of the model. Their fields stand above, with the part's name in `component`. */
  readonly components?: readonly ModelComponent[];
  /** What the cloud knows of a device and the device never hears. Root only. */
  readonly cloudProperties?: readonly ModelField[];
}

export interface ModelComponent {
  readonly name: string;
  readonly displayName: string;
  readonly description: string | null;
  /** The interface it is of, when that has an identifier. */
  readonly modelId: string | null;
}

/** What telemetry is beyond its schema: the co-types of Azure IoT Central's context. */
export type FieldRole = 'state' | 'event' | 'location' | 'acceleration' | 'velocity';

/** How people want a value drawn. Each is absent when the model does not say. */
export interface FieldHints {
  readonly min?: number;
  readonly max?: number;
  readonly decimalPlaces?: number;
  /** `#rrggbb`. */
  readonly color?: string;
  /** In which a value is shown; `unit` is what the device sends. */
  readonly displayUnit?: string;
  /** Of a property: what a new device, or a form, begins with. */
  readonly initialValue?: unknown;
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
  readonly role?: FieldRole;
  /** Of an event. */
  readonly severity?: 'information' | 'warning' | 'error';
  readonly hints?: FieldHints;
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
  | {
      readonly kind: 'object';
      readonly fields: readonly ModelField[];
      /** An object of a schema that has a name: `{lat,lon,alt?}`, `{x,y,z}`, or GeoJSON. */
      readonly named?: 'geopoint' | 'vector' | 'geometry';
    }
  | { readonly kind: 'array'; readonly element: ModelSchema }
  | { readonly kind: 'map'; readonly value: ModelSchema };

export interface ModelCommand {
  readonly name: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly component: string | null;
  readonly request: ModelField | null;
  readonly response: ModelField | null;
  /** Waits in the queue for a device that is away, and has no answer. */
  readonly isQueued?: true;
}

const DTMI =
  /^dtmi:[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?(?::[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?)*(?:;[1-9][0-9]{0,8}(?:\.[1-9][0-9]{0,5})?)?$/;

/** Whether a text is a digital twin model identifier. Source: DTDL v3, "Digital Twin Model Identifier". */
export function isDtmi(text: string): boolean {
  return text.length <= 2_048 && DTMI.test(text);
}
