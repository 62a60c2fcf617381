import type { ModelField, ModelSchema } from '@viaduct/contracts';
import { numberSignal } from './number-signal.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Moment, Signal } from './signal.ts';
import { trackSignal } from './track-signal.ts';

/** How often a message carries an event. */
const EVENT_CHANCE = 0.02;
/** How often a state, or a switch, is another one than before. */
const STATE_CHANGE_CHANCE = 0.05;
const SWITCH_CHANCE = 0.04;
const TEXTS: readonly [string, ...string[]] = ['ok', 'idle', 'started', 'calibrated', 'door opened', 'door closed'];

/**
 * What a field of a model says, message after message: always of its schema.
 */
export function fieldSignal(field: ModelField, random: SeededRandom): Signal {
  const signal = valueSignal(field, random);
  if (field.role !== 'event' && field.semanticType !== 'Event') return signal;
  return (moment) => {
    const value = signal(moment);
    return random.chance(EVENT_CHANCE) ? value : undefined;
  };
}

/** The same without the rarity of events: what a property or an answer says. */
export function valueSignal(field: ModelField, random: SeededRandom): Signal {
  const { schema } = field;
  switch (schema.kind) {
    case 'number':
    case 'integer':
      return numberSignal(field, random);
    case 'boolean':
      return switchSignal(random);
    case 'string':
      return textSignal(field, random);
    case 'dateTime':
    case 'date':
    case 'time':
    case 'duration':
      return ({ time }) => timeText(schema.kind, time, random);
    case 'enum':
      return stateSignal(schema.values, random);
    case 'object':
      return objectSignal(schema, random);
    case 'array':
      return arraySignal(memberOf(field, 'element', schema.element), random);
    case 'map':
      return recordSignal(
        ['a', 'b'].map((name) => memberOf(field, name, schema.value)),
        random,
      );
    default:
      return schema satisfies never;
  }
}

function switchSignal(random: SeededRandom): Signal {
  let isOn = random.chance(0.5);
  return () => {
    if (random.chance(SWITCH_CHANCE)) isOn = !isOn;
    return isOn;
  };
}

/** A state machine that is a line: from each state to its neighbours, the first one most often. */
function stateSignal(values: Extract<ModelSchema, { kind: 'enum' }>['values'], random: SeededRandom): Signal {
  let at = 0;
  return () => {
    if (random.chance(STATE_CHANGE_CHANCE)) at = random.chance(0.6) ? at - 1 : at + 1;
    at = Math.max(0, Math.min(values.length - 1, at));
    return values[at]?.value;
  };
}

function objectSignal({ fields, named }: Extract<ModelSchema, { kind: 'object' }>, random: SeededRandom): Signal {
  const names = new Set(fields.map(({ name }) => name));
  if (named === 'geometry') {
    const track = trackSignal(random);
    return (moment) => {
      const { lon, lat } = track(moment);
      return { type: 'Point', coordinates: [lon, lat] };
    };
  }
  if (named === 'geopoint' || (names.size <= 3 && names.has('lat') && names.has('lon'))) return trackSignal(random);
  return recordSignal(named === 'vector' ? fields.map(asAxis) : fields, random);
}

function recordSignal(fields: readonly ModelField[], random: SeededRandom): Signal {
  const members = fields.map((field) => [field.name, valueSignal(field, random)] as const);
  return (moment: Moment) => Object.fromEntries(members.map(([name, signal]) => [name, signal(moment)]));
}

function arraySignal(element: ModelField, random: SeededRandom): Signal {
  const elements = [0, 1, 2].map(() => valueSignal(element, random));
  return (moment) => elements.map((signal) => signal(moment));
}

/** Axes of a vector swing about zero. */
function asAxis(field: ModelField): ModelField {
  return field.hints === undefined && field.semanticType === null ? { ...field, semanticType: 'Acceleration' } : field;
}

function memberOf({ component, unit, semanticType, hints }: ModelField, name: string, schema: ModelSchema): ModelField {
  const members = { name, displayName: name, description: null, component, unit, semanticType, schema };
  return hints === undefined ? members : { ...members, hints };
}

function textSignal({ name }: ModelField, random: SeededRandom): Signal {
  const known = KNOWN_TEXTS.find(([pattern]) => pattern.test(name));
  if (known !== undefined) {
    const text = known[1](random);
    return () => text;
  }
  let text = random.pick(TEXTS);
  return () => {
    if (random.chance(STATE_CHANGE_CHANCE)) text = random.pick(TEXTS);
    return text;
  };
}

/** What devices say of themselves; `dtmi:azure:DeviceManagement:DeviceInformation;1` has these names. */
const KNOWN_TEXTS: readonly (readonly [pattern: RegExp, text: (random: SeededRandom) => string])[] = [
  [/manufacturer/i, () => 'Contoso'],
  [/serial/i, (random) => `SN-${random.integer(100_000, 999_999)}`],
  [/version|firmware/i, (random) => `${random.integer(1, 3)}.${random.integer(0, 9)}.${random.integer(0, 9)}`],
  [/model/i, (random) => `Model ${random.pick(['A', 'B', 'C'])}`],
  [/^os/i, () => 'Linux'],
  [/architecture/i, () => 'arm64'],
];

function timeText(kind: 'dateTime' | 'date' | 'time' | 'duration', time: number, random: SeededRandom): string {
  if (kind === 'duration') return `PT${random.integer(1, 90)}M`;
  const iso = new Date(time).toISOString();
  if (kind === 'dateTime') return iso;
  return kind === 'date' ? iso.slice(0, 10) : iso.slice(11, 19);
}
