import type { ModelField } from '@viaduct/contracts';

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** How it moves: with the day and at random; upwards only; or down and, when empty, full again. */
  readonly shape: 'wave' | 'counter' | 'drain';
}

/**
 * Where a number plausibly lies: what the model says, else its semantic type in its unit, else what its unit or its name suggests, else 0
 * to 100. Pure. `min` is never above `max`.
 */
export function numberRange({ name, semanticType, unit, hints }: ModelField): NumberRange {
  const guess = ofSemanticType(semanticType, unit) ?? ofUnit(unit) ?? ofName(name) ?? wave(0, 100);
  if (hints?.min === undefined && hints?.max === undefined) {
    return { ...guess, shape: shapeOf(name, guess.shape) };
  }
  const span = guess.max - guess.min;
  const min = hints.min ?? Math.min(guess.min, (hints.max ?? 0) - span);
  const max = hints.max ?? Math.max(guess.max, min + span);
  // A model may have them the wrong way round; a device of it must still say something.
  return { min: Math.min(min, max), max: Math.max(min, max), shape: shapeOf(name, 'wave', 'bounded') };
}

/** Something that only ever grows cannot stay in bounds that a model gives. */
function shapeOf(name: string, otherwise: NumberRange['shape'], bounds?: 'bounded'): NumberRange['shape'] {
  if (/batter|charge|remaining|fuel/i.test(name)) return 'drain';
  return bounds === undefined && /count|total|odometer|mileage|uptime/i.test(name) ? 'counter' : otherwise;
}

function ofSemanticType(semanticType: string | null, unit: string | null): NumberRange | undefined {
  const byUnit = semanticType === null ? undefined : BY_SEMANTIC_TYPE.get(semanticType);
  return byUnit === undefined ? undefined : ((unit === null ? undefined : byUnit[unit]) ?? byUnit.any);
}

function ofUnit(unit: string | null): NumberRange | undefined {
  if (unit === '%') return wave(0, 100);
  return unit === '°C' || unit === '°F' || unit === 'K' ? ofSemanticType('Temperature', unit) : undefined;
}

function ofName(name: string): NumberRange | undefined {
  const like = NAMES.find(([pattern]) => pattern.test(name));
  return like === undefined ? undefined : ofSemanticType(like[1], null);
}

function wave(min: number, max: number): NumberRange {
  return { min, max, shape: 'wave' };
}

function counter(max: number): NumberRange {
  return { min: 0, max, shape: 'counter' };
}

/** Semantic types of DTDL's quantitative extension, where 0 to 100 would be implausible; by unit, and `any` for the rest. */
const BY_SEMANTIC_TYPE: ReadonlyMap<string, Readonly<Record<string, NumberRange>> & { readonly any: NumberRange }> =
  new Map([
    ['Temperature', { any: wave(17, 27), '°F': wave(63, 81), K: wave(290, 300) }],
    ['RelativeHumidity', { any: wave(35, 65), '': wave(0.35, 0.65) }],
    ['Humidity', { any: wave(35, 65) }],
    ['Pressure', { any: wave(98, 104), Pa: wave(98_000, 104_000), bar: wave(0.98, 1.04), psi: wave(14.2, 15.1) }],
    ['Acceleration', { any: wave(-1.5, 1.5), g: wave(-0.15, 0.15) }],
    ['Velocity', { any: wave(0, 30), 'km/h': wave(0, 110), mph: wave(0, 70), kn: wave(0, 20) }],
    ['AngularVelocity', { any: wave(0, 320), rpm: wave(700, 3_000), 'r/min': wave(700, 3_000) }],
    ['Angle', { any: wave(-Math.PI, Math.PI), '°': wave(-180, 180) }],
    ['Latitude', { any: wave(-60, 70) }],
    ['Longitude', { any: wave(-180, 180) }],
    ['Voltage', { any: wave(222, 238), mV: wave(3_000, 4_200), kV: wave(9.8, 10.4) }],
    ['Current', { any: wave(0.2, 12), mA: wave(20, 900) }],
    ['Power', { any: wave(40, 2_400), kW: wave(0.5, 40), MW: wave(0.2, 3) }],
    ['Energy', { any: counter(50_000), kWh: counter(5_000) }],
    ['Frequency', { any: wave(49.9, 50.1) }],
    ['Illuminance', { any: wave(0, 1_200) }],
    ['Irradiance', { any: wave(0, 900) }],
    ['SoundPressure', { any: wave(32, 85) }],
    ['Concentration', { any: wave(400, 1_100) }],
    ['VolumeFlowRate', { any: wave(2, 18) }],
    ['MassFlowRate', { any: wave(1, 12) }],
    ['DataRate', { any: wave(0.1, 40) }],
    ['Distance', { any: wave(0.5, 25) }],
    ['Length', { any: wave(0.5, 10) }],
    ['Torque', { any: wave(5, 220) }],
  ]);

const NAMES: readonly (readonly [pattern: RegExp, semanticType: string])[] = [
  [/temp/i, 'Temperature'],
  [/humid/i, 'RelativeHumidity'],
  [/pressure/i, 'Pressure'],
  [/volt/i, 'Voltage'],
  [/current|amp(s|ere)/i, 'Current'],
  [/power|watt/i, 'Power'],
  [/energy/i, 'Energy'],
  [/speed|velocity/i, 'Velocity'],
  [/rpm|rotation/i, 'AngularVelocity'],
  [/co2|concentration/i, 'Concentration'],
  [/^lat/i, 'Latitude'],
  [/^lon/i, 'Longitude'],
  [/lux|light|illum/i, 'Illuminance'],
  [/noise|sound/i, 'SoundPressure'],
];
