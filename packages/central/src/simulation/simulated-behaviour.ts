import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, ModelCommand, ModelField, ModelSummary } from '@viaduct/contracts';
import { fieldSignal, valueSignal } from './field-signal.ts';
import { SeededRandom } from './seeded-random.ts';
import { loadOf, type Signal } from './signal.ts';

export interface SimulatedMessage {
  /** Null: the device itself. */
  readonly component: string | null;
  readonly body: JsonObject;
}

interface Voice {
  readonly field: ModelField;
  readonly signal: Signal;
}

/** Conventions of IoT Plug and Play for writable properties. */
const ACCEPTED = 200;
const INITIAL = 203;

/**
 * How a device of a model behaves: what it measures, reports, answers and accepts. Knows no hub and no clock; equal seeds and equal times
 * give an equal device.
 */
export class SimulatedBehaviour {
  readonly #model: ModelSummary;
  readonly #load: (time: number) => number;
  /** By component. */
  readonly #telemetry: ReadonlyMap<string | null, readonly Voice[]>;
  readonly #properties: readonly (Voice & { readonly writable: boolean })[];
  readonly #random: SeededRandom;
  readonly #seed: string;

  constructor(model: ModelSummary, seed: string) {
    this.#model = model;
    this.#seed = seed;
    this.#random = new SeededRandom(seed);
    this.#load = loadOf(this.#random);
    this.#telemetry = byComponent(
      model.telemetry.map((field) => ({ field, signal: fieldSignal(field, this.#randomOf('telemetry', field)) })),
      ({ field }) => field.component,
    );
    this.#properties = model.properties.map((field) => {
      const signal = valueSignal(field, this.#randomOf('property', field));
      return { field, signal, writable: field.writable };
    });
  }

  /** One message of the device and one of each component, as far as they have something to say. */
  messages(time: number): readonly SimulatedMessage[] {
    const messages: SimulatedMessage[] = [];
    for (const [component, voices] of this.#telemetry) {
      const said = voices.map(({ field, signal }) => [field.name, this.#say(signal, time)] as const);
      const body = Object.fromEntries(said.filter(([, value]) => value !== undefined));
      if (Object.keys(body).length > 0) messages.push({ component, body });
    }
    return messages;
  }

  /** A patch with every property that was never reported; null when there is none. */
  unreported(reported: JsonObject, time: number): JsonObject | null {
    const missing = this.#properties.filter(({ field }) => valueAt(reported, field) === undefined);
    return patchOf(
      missing.map(({ field, signal, writable }) => {
        const value = field.hints?.initialValue ?? this.#say(signal, time);
        const told = writable ? { value, ac: INITIAL, av: 0, ad: 'initial value' } : value;
        return { component: field.component, name: field.name, value: told };
      }),
    );
  }

  /** A patch with what the device noticed by itself: one of its numbers moved. Null when it reports none. */
  noticed(time: number): JsonObject | null {
    const moving = this.#properties.filter(({ field, writable }) => !writable && MOVING.has(field.schema.kind));
    const [first, ...others] = moving;
    if (first === undefined) return null;
    const { field, signal } = this.#random.pick([first, ...others]);
    return patchOf([{ component: field.component, name: field.name, value: this.#say(signal, time) }]);
  }

  /**
   * The acknowledgement of desired properties, as the conventions have it; null when there is nothing to acknowledge. What `reported` has
   * taken over already is left out.
   */
  accepted(desired: JsonObject, version: number, reported: JsonObject = {}): JsonObject | null {
    const answers: Told[] = [];
    const accept = (component: string | null, name: string, value: unknown) => {
      const known = valueAt(reported, { component, name }) as { readonly value?: unknown } | null | undefined;
      if (known?.value !== undefined && isDeepStrictEqual(known.value, value)) return;
      const acknowledgement = { value, ac: ACCEPTED, av: version, ad: 'accepted' };
      answers.push({ component, name, value: value === null ? null : acknowledgement });
    };
    for (const [name, value] of Object.entries(desired)) {
      if (name.startsWith('$')) continue;
      if (!isComponent(value)) accept(null, name, value);
      else for (const [member, one] of Object.entries(value)) if (member !== '__t') accept(name, member, one);
    }
    return patchOf(answers);
  }

  /** The answer to a command: `name`, or `component*name`. */
  answer(methodName: string, time: number): { readonly status: number; readonly payload: unknown } {
    const command = this.#model.commands.find((one) => methodNameOf(one) === methodName);
    if (command === undefined) {
      return { status: 404, payload: { message: `the simulated device has no command "${methodName}"` } };
    }
    const { response } = command;
    const payload = response === null ? null : this.#say(valueSignal(response, this.#random), time);
    return { status: 200, payload };
  }

  /** Of its own for each field, so that one which joins the model leaves the others as they were. */
  #randomOf(kind: string, { component, name }: ModelField): SeededRandom {
    return new SeededRandom(`${this.#seed}/${kind}/${component ?? ''}/${name}`);
  }

  #say(signal: Signal, time: number): unknown {
    return signal({ time, load: this.#load(time) });
  }
}

const MOVING: ReadonlySet<string> = new Set(['number', 'integer', 'enum', 'boolean']);

interface Told {
  readonly component: string | null;
  readonly name: string;
  readonly value: unknown;
}

/** Components of a twin are objects that say so. */
function patchOf(told: readonly Told[]): JsonObject | null {
  if (told.length === 0) return null;
  const patch: Record<string, unknown> = {};
  for (const [component, members] of byComponent(told, (one) => one.component)) {
    const values = Object.fromEntries(members.map(({ name, value }) => [name, value]));
    if (component === null) Object.assign(patch, values);
    else patch[component] = { __t: 'c', ...values };
  }
  return patch;
}

function byComponent<T>(all: readonly T[], componentOf: (one: T) => string | null): Map<string | null, T[]> {
  const groups = new Map<string | null, T[]>();
  for (const one of all) {
    const group = groups.get(componentOf(one));
    if (group === undefined) groups.set(componentOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

function valueAt(reported: JsonObject, { component, name }: Pick<ModelField, 'component' | 'name'>): unknown {
  const section = component === null ? reported : reported[component];
  return typeof section === 'object' && section !== null ? (section as JsonObject)[name] : undefined;
}

function isComponent(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && (value as JsonObject).__t === 'c';
}

function methodNameOf({ component, name }: ModelCommand): string {
  return component === null ? name : `${component}*${name}`;
}
