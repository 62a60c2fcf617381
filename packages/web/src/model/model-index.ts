import type { FieldRole, ModelField, ModelSchema, ModelSummary } from '@viaduct/contracts';

/** What the model says of one value of a body: a name for people, a unit, and how to read it. */
export interface FieldLabel {
  readonly title: string;
  readonly unit: string | null;
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

  /** The label of the value at `path`; a path of one element is the telemetry itself. */
  find(component: string | null, path: readonly string[]): FieldLabel {
    const [root = '', ...rest] = path;
    const known = this.#fields.get(keyOf(component, root)) ?? this.#fields.get(keyOf(null, root));
    if (known === undefined) return unmodelled(path.at(-1) ?? root, null);
    let label = labelOf(known.field, known.order);
    for (const key of rest) label = inside(label, key);
    return label;
  }
}

function keyOf(component: string | null, name: string): string {
  return `${component ?? ''}/${name}`;
}

function labelOf(field: ModelField, order: number): FieldLabel {
  const { displayName, unit, description, schema, role } = field;
  return {
    title: displayName || field.name,
    unit,
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
      if (field === undefined) return unmodelled(key, outer.unit);
      return { ...labelOf(field, outer.order), unit: field.unit ?? outer.unit };
    }
    case 'array':
      return { ...outer, title: key, schema: outer.schema.element };
    case 'map':
      return { ...outer, title: key, schema: outer.schema.value };
    default:
      return unmodelled(key, outer.unit);
  }
}

function unmodelled(title: string, unit: string | null): FieldLabel {
  return { title, unit, description: null, schema: null, order: UNKNOWN_ORDER };
}
