import type { InferredField } from '@viaduct/contracts';

type Measure = NonNullable<InferredField['measure']>;

interface Range {
  readonly min: number;
  readonly max: number;
}

interface Rule {
  readonly words: RegExp;
  readonly semanticType: string;
  /** The first whose range holds every value that was seen; the last stands for any. */
  readonly units: readonly (readonly [unit: string, min: number, max: number])[];
}

const ANY = [-Infinity, Infinity] as const;

/** By the words of a name. Order matters: the first that fits counts. Units and types are of DTDL v2. */
const RULES: readonly Rule[] = [
  rule(
    'temp|temperature',
    'Temperature',
    ['degreeCelsius', -90, 150],
    ['kelvin', 150, 5_000],
    ['degreeCelsius', ...ANY],
  ),
  rule('hum|humidity|rh', 'RelativeHumidity', ['percent', 1, 100], ['unity', 0, 1], ['percent', ...ANY]),
  rule(
    'pressure|baro|barometer|press',
    'Pressure',
    ['bar', 0, 20],
    ['kilopascal', 20, 250],
    ['millibar', 250, 1_200],
    ['pascal', ...ANY],
  ),
  rule('volt|volts|voltage|vcc|vbat', 'Voltage', ['volt', -1_000, 1_000], ['millivolt', ...ANY]),
  rule('amp|amps|ampere|current', 'Current', ['ampere', -1_000, 1_000], ['milliampere', ...ANY]),
  rule('watt|watts|power', 'Power', ['watt', ...ANY]),
  rule('energy|kwh|wh', 'Energy', ['kilowattHour', ...ANY]),
  rule('rpm', 'AngularVelocity', ['revolutionPerMinute', ...ANY]),
  rule('freq|frequency|hz', 'Frequency', ['hertz', ...ANY]),
  rule('latitude', 'Latitude', ['degreeOfArc', -90, 90]),
  rule('longitude', 'Longitude', ['degreeOfArc', -180, 180]),
  rule('altitude|elevation|distance|range|depth|height', 'Distance', ['metre', ...ANY]),
  rule('speed|velocity', 'Velocity', ['metrePerSecond', ...ANY]),
  rule('heading|bearing|yaw|pitch|roll|angle', 'Angle', ['degreeOfArc', ...ANY]),
  rule('lux|light|illuminance|brightness', 'Illuminance', ['lux', ...ANY]),
  rule('noise|sound|spl', 'SoundPressure', ['decibel', ...ANY]),
  rule('weight|mass|load', 'Mass', ['kilogram', ...ANY]),
  rule('torque', 'Torque', ['newtonMetre', ...ANY]),
  rule('force', 'Force', ['newton', ...ANY]),
  rule('flow', 'VolumeFlowRate', ['litrePerHour', ...ANY]),
  rule('volume', 'Volume', ['litre', ...ANY]),
  rule('resistance|ohm|ohms', 'Resistance', ['ohm', ...ANY]),
  rule('accel|acceleration', 'Acceleration', ['metrePerSecondSquared', ...ANY]),
  rule('memory|ram|disk|storage|bytes|heap', 'DataSize', ['byte', ...ANY]),
  rule('uptime|runtime|elapsed|duration', 'TimeSpan', ['second', ...ANY]),
];

/** What the end of a name says of the unit: `temp_f`, `uptimeMs`, `pressure_hPa`. */
const SUFFIXES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Temperature: {
    c: 'degreeCelsius',
    celsius: 'degreeCelsius',
    f: 'degreeFahrenheit',
    fahrenheit: 'degreeFahrenheit',
    k: 'kelvin',
  },
  Pressure: {
    pa: 'pascal',
    hpa: 'millibar',
    mbar: 'millibar',
    kpa: 'kilopascal',
    bar: 'bar',
    psi: 'poundPerSquareInch',
  },
  Voltage: { v: 'volt', mv: 'millivolt', kv: 'kilovolt' },
  Current: { a: 'ampere', ma: 'milliampere' },
  Power: { w: 'watt', kw: 'kilowatt', mw: 'megawatt' },
  Energy: { kwh: 'kilowattHour', j: 'joule', kj: 'kilojoule', mj: 'megajoule' },
  Velocity: { kmh: 'kilometrePerHour', kph: 'kilometrePerHour', mph: 'milePerHour', ms: 'metrePerSecond' },
  Distance: { m: 'metre', cm: 'centimetre', mm: 'millimetre', km: 'kilometre', ft: 'foot' },
  Mass: { kg: 'kilogram', g: 'gram', t: 'tonne' },
  Frequency: { hz: 'hertz', khz: 'kilohertz', mhz: 'megahertz' },
  DataSize: {
    b: 'byte',
    kb: 'kibibyte',
    kib: 'kibibyte',
    mb: 'mebibyte',
    mib: 'mebibyte',
    gb: 'gibibyte',
    gib: 'gibibyte',
  },
  TimeSpan: { s: 'second', sec: 'second', ms: 'millisecond', min: 'minute', h: 'hour' },
};

/**
 * What a number measures, guessed by the words of its name and by the values it had. The confidence is high when a whole word of the name
 * says it and the values are plausible, or the name carries the unit itself. Pure.
 */
export function guessMeasure(name: string, range: Range): Measure | null {
  const words = wordsOf(name);
  for (const { words: known, semanticType, units } of RULES) {
    if (!words.some((word) => known.test(word))) continue;
    // `kPa` is two words by its capitals.
    const suffixes = words.length > 1 ? [words.slice(-2).join(''), words.at(-1) ?? ''] : [];
    const suffixUnit = suffixes.map((suffix) => ownEntry(SUFFIXES[semanticType], suffix)).find(Boolean);
    if (suffixUnit !== undefined) return { semanticType, unit: suffixUnit, confidence: 'high' };
    const fitting = units.find(([, min, max]) => range.min >= min && range.max <= max);
    if (fitting === undefined) return null;
    const isPlain = words.length <= 2 && fitting === units[0];
    return { semanticType, unit: fitting[0], confidence: isPlain ? 'high' : 'low' };
  }
  return null;
}

/** `outdoorTemperature_C` is outdoor, temperature, c. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z\d]+/)
    .map((word) => word.toLowerCase().replace(/\d+$/, ''))
    .filter((word) => word !== '');
}

function rule(words: string, semanticType: string, ...units: Rule['units'][number][]): Rule {
  return { words: new RegExp(`^(?:${words})$`), semanticType, units };
}

function ownEntry(entries: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return entries !== undefined && Object.hasOwn(entries, key) ? entries[key] : undefined;
}
