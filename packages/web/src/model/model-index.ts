import type { FieldRole, ModelField, ModelSchema, ModelSummary } from '@viaduct/contracts';
import { type Measure, measureOf, NO_MEASURE } from './measure.ts';

/** What the model says of one value of a body: a name for people, a unit, and how to read it. */
export interface FieldLabel {
  readonly title: string;
  readonly measure: Measure;
  readonly description: string | null;
  readonly schema: ModelSchema | null;
  readonly role?: FieldRole;
  /** Position among the model's telemetry; what the model does not know comes last. */
  readonly order: number;
}

const UNKNOWN_ORDER = 10_000;

/** Finds names and units for paths of a body. Without a model, or for unknown fields, the key itself is the name. */
export class ModelIndex {
  readonly #fields = new Map<string, { readonly field: ModelField; readonly order: number }>();

  constructor(model: ModelSummary | null) {
    model?.telemetry.forEach((field, order) => {
      this.#fields.set(keyOf(field.component, field.name), { field, order });
    });
  }

  /** Whether the model speaks of telemetry of this name. */
  has(component: string | null, name: string): boolean {
    return this.#fields.has(keyOf(component, name));
  }

  /** The label of the value at `path`; a path of one element is the telemetry itself. */
  find(component: string | null, path: readonly string[]): FieldLabel {
    const [root = '', ...rest] = path;
    const known = this.#fields.get(keyOf(component, root)) ?? this.#fields.get(keyOf(null, root));
    if (known === undefined) return unmodelled(path.at(-1) ?? root, NO_MEASURE);
    let label = labelOf(known.field, known.order);
    for (const key of rest) label = inside(label, key);
    return label;
  }
}

function keyOf(component: string | null, name: string): string {
  return `${component ?? ''}/${name}`;
}

function labelOf(field: ModelField, order: number): FieldLabel {
  const { displayName, description, schema, role } = field;
  return {
    title: displayName || field.name,
    measure: measureOf(field),
    description,
    schema,
    order,
    ...(role === undefined ? {} : { role }),
  };
}

/** Elements of arrays and maps inherit the unit of the whole. */
function inside(outer: FieldLabel, key: string): FieldLabel {
  switch (outer.schema?.kind) {
    case 'object': {
      const field = outer.schema.fields.find((candidate) => candidate.name === key);
      if (field === undefined) return unmodelled(key, outer.measure);
      const label = labelOf(field, outer.order);
      return label.measure.unit === null ? { ...label, measure: outer.measure } : label;
    }
    case 'array':
      return { ...outer, title: key, schema: outer.schema.element };
    case 'map':
      return { ...outer, title: key, schema: outer.schema.value };
    default:
      return unmodelled(key, outer.measure);
  }
}

function unmodelled(title: string, measure: Measure): FieldLabel {
  return { title, measure, description: null, schema: null, order: UNKNOWN_ORDER };
}
