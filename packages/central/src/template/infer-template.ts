import { type InferredField, type InferredTemplate, LIMITS } from '@viaduct/contracts';
import { guessMeasure, wordsOf } from './guess-measure.ts';
import { inferSchema } from './infer-schema.ts';
import { isDtdlName, ValueShape } from './value-shape.ts';

/** One value that a device sent under one key. */
export interface Observation {
  readonly kind: 'telemetry' | 'property';
  readonly component: string | null;
  readonly name: string;
  readonly value: unknown;
  /** A property that the cloud sets, or whose value came with an acknowledgement. */
  readonly isWritable?: boolean;
}

type Inferred = Pick<InferredTemplate, 'fields' | 'skipped' | 'skippedCount'>;

/**
 * What a model of a device could hold, from what it sends. Pure, and bounded whatever that is: LIMITS.INFERRED_KEYS_MAX keys are looked
 * at, first come, and LIMITS.INFERRED_FIELDS_MAX become capabilities, those seen most often.
 */
export function inferFields(observations: Iterable<Observation>): Inferred {
  const keys = new Keys();
  for (const observation of observations) keys.add(observation);
  const skipped = new Skipped(keys.unseen);
  const fields: InferredField[] = [];
  for (const key of keys.byFrequency()) {
    const field = fields.length < LIMITS.INFERRED_FIELDS_MAX ? fieldOf(key) : undefined;
    if (field === undefined) skipped.add(key.first);
    else fields.push(field);
  }
  return { fields: fields.sort(inOrder), skipped: skipped.names, skippedCount: skipped.count };
}

interface Key {
  readonly first: Observation;
  readonly shape: ValueShape;
  isWritable: boolean;
}

class Keys {
  readonly #keys = new Map<string, Key>();
  /** Observations of keys past the bound. */
  unseen = 0;

  add(observation: Observation): void {
    const { kind, component, name, value, isWritable = false } = observation;
    const id = JSON.stringify([kind, component, name]);
    let key = this.#keys.get(id);
    if (key === undefined) {
      if (this.#keys.size >= LIMITS.INFERRED_KEYS_MAX) {
        this.unseen += 1;
        return;
      }
      key = { first: observation, shape: new ValueShape(), isWritable };
      this.#keys.set(id, key);
    }
    key.isWritable ||= isWritable;
    key.shape.add(value);
  }

  byFrequency(): readonly Key[] {
    return [...this.#keys.values()].sort((a, b) => b.shape.seen - a.shape.seen);
  }
}

class Skipped {
  readonly names: string[] = [];
  count: number;

  constructor(count: number) {
    this.count = count;
  }

  add({ component, name }: Observation): void {
    this.count += 1;
    if (this.names.length >= LIMITS.INFERRED_SKIPPED_TOLD_MAX) return;
    this.names.push((component === null ? name : `${component}.${name}`).slice(0, 100));
  }
}

function fieldOf({ first, shape, isWritable }: Key): InferredField | undefined {
  const { kind, component, name } = first;
  if (!isDtdlName(name) || (component !== null && !isDtdlName(component))) return undefined;
  const inferred = inferSchema(name, shape, kind);
  if (inferred === undefined) return undefined;
  const { role } = inferred;
  const isNumber = inferred.schema === 'integer' || inferred.schema === 'long' || inferred.schema === 'double';
  const measure = isNumber ? guessMeasure(name, shape) : null;
  // What is measured has fractions, even when none was seen yet.
  const schema = measure !== null && isNumber ? 'double' : inferred.schema;
  const { seen, example } = shape;
  return { kind, component, name, displayName: titleOf(name), schema, role, isWritable, measure, seen, example };
}

/** `outdoorTemp_kPa` is "Outdoor temp kPa" to people: a short end is mostly a unit, and keeps its capitals. */
function titleOf(name: string): string {
  const [, head = name, unit] = /^(.*[A-Za-z])_([A-Za-z]{1,4})$/.exec(name) ?? [];
  // A number in a name tells it apart from others, so it is left as it is.
  const words = /\d/.test(head) ? [head] : wordsOf(head);
  const text = [...words, ...(unit === undefined ? [] : [unit])].join(' ');
  return (text.charAt(0).toUpperCase() + text.slice(1)).slice(0, 64);
}

function inOrder(a: InferredField, b: InferredField): number {
  return (
    (a.component ?? '').localeCompare(b.component ?? '') || b.kind.localeCompare(a.kind) || a.name.localeCompare(b.name)
  );
}
