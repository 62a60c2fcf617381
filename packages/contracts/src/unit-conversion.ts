/**
 * How values of one unit are told in another, for the units of DTDL that measure the same and differ by a factor and, of temperatures, by where
 * zero is. Units are named by their symbols, as in `ModelField.unit`. Pure.
 *
 * A symbol may stand in several families (`g` is a mass and an acceleration, `B` a byte and a bel); two of them name one family.
 *
 * Factors are the definitions: International System of Units (BIPM, 9th edition) with its decimal prefixes; IEC 80000-13 for binary ones; the
 * international foot and pound of 1959 (0.3048 m, 0.45359237 kg) and standard gravity (9.80665 m/s²) for what is made of them; the conventional
 * millimetre of mercury and inch of water. Where countries differ, gallon, fluid ounce, ton and horsepower are those of the United States; a
 * year is the Julian one, of 365.25 days.
 */
export interface UnitConversion {
  readonly factor: number;
  readonly offset: number;
}

/** What one of a unit is in the first unit of its family, and what is added to it where their zeros differ. */
type Family = Readonly<Record<string, number | readonly [factor: number, zero: number]>>;

const FOOT = 0.3048;
const INCH = FOOT / 12;
const MILE = 5_280 * FOOT;
const NAUTICAL_MILE = 1_852;
const GRAVITY = 9.80665;
const POUND_FORCE = 0.45359237 * GRAVITY;
const GALLON = 231 * INCH ** 3;
const MERCURY = 133.322387415;
const HOUR = 3_600;
const YEAR = 365.25 * 24 * HOUR;
const TURN = 2 * Math.PI;

const FAMILIES: readonly Family[] = [
  { K: 1, '°C': [1, 273.15], '°F': [5 / 9, (459.67 * 5) / 9] },
  {
    m: 1,
    cm: 1e-2,
    mm: 1e-3,
    µm: 1e-6,
    nm: 1e-9,
    km: 1e3,
    ft: FOOT,
    in: INCH,
    mi: MILE,
    nmi: NAUTICAL_MILE,
    au: 149_597_870_700,
  },
  {
    'm²': 1,
    'cm²': 1e-4,
    'mm²': 1e-6,
    'km²': 1e6,
    ha: 1e4,
    'ft²': FOOT ** 2,
    'in²': INCH ** 2,
    ac: 43_560 * FOOT ** 2,
  },
  { 'm³': 1, 'cm³': 1e-6, L: 1e-3, mL: 1e-6, 'ft³': FOOT ** 3, 'in³': INCH ** 3, 'fl oz': GALLON / 128, gal: GALLON },
  { 'L/s': 1, 'L/h': 1 / HOUR, 'mL/s': 1e-3, 'mL/h': 1e-3 / HOUR },
  { kg: 1, g: 1e-3, mg: 1e-6, µg: 1e-9, t: 1e3, slug: POUND_FORCE / FOOT },
  { 'kg/m³': 1, 'g/m³': 1e-3 },
  {
    ...{ Pa: 1, kPa: 1e3, bar: 1e5, mbar: 1e2, mmHg: MERCURY, inHg: 25.4 * MERCURY },
    ...{ psi: POUND_FORCE / INCH ** 2, 'inH₂O': 249.08891 },
  },
  {
    ...{ 'm/s': 1, 'cm/s': 1e-2, 'km/s': 1e3, 'm/h': 1 / HOUR, 'km/h': 1e3 / HOUR },
    ...{ mph: MILE / HOUR, 'mi/s': MILE, kn: NAUTICAL_MILE / HOUR },
  },
  { 'm/s²': 1, 'cm/s²': 1e-2, g: GRAVITY },
  { rad: 1, '°': TURN / 360, '′': TURN / 21_600, '″': TURN / 1_296_000, tr: TURN },
  { 'rad/s': 1, '°/s': TURN / 360, 'r/s': TURN, rpm: TURN / 60 },
  { N: 1, lbf: POUND_FORCE, ozf: POUND_FORCE / 16, tonf: 2_000 * POUND_FORCE },
  { J: 1, kJ: 1e3, MJ: 1e6, GJ: 1e9, eV: 1.602176634e-19, MeV: 1.602176634e-13, kWh: 3.6e6 },
  {
    ...{ W: 1, µW: 1e-6, mW: 1e-3, kW: 1e3, MW: 1e6, GW: 1e9 },
    ...{ hp: 550 * FOOT * POUND_FORCE, 'kWh/a': 3.6e6 / YEAR },
  },
  { s: 1, ms: 1e-3, µs: 1e-6, ns: 1e-9, min: 60, h: HOUR, d: 24 * HOUR, a: YEAR },
  { Hz: 1, kHz: 1e3, MHz: 1e6, GHz: 1e9 },
  { A: 1, mA: 1e-3, µA: 1e-6 },
  { V: 1, mV: 1e-3, µV: 1e-6, kV: 1e3, MV: 1e6 },
  { Ω: 1, mΩ: 1e-3, kΩ: 1e3, MΩ: 1e6 },
  { F: 1, mF: 1e-3, µF: 1e-6, nF: 1e-9, pF: 1e-12 },
  { H: 1, mH: 1e-3, µH: 1e-6 },
  { Wb: 1, Mx: 1e-8 },
  { lx: 1, fc: 1 / FOOT ** 2 },
  { dB: 1, B: 10 },
  { '': 1, '%': 1e-2 },
  binary(''),
  binary('/s'),
];

/** Bits and bytes, or so many a second. */
function binary(suffix: string): Family {
  const prefixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Ei', 'Zi', 'Yi'];
  const powers = [0, 1, 2, 3, 4, 6, 7, 8];
  const units = prefixes.flatMap((prefix, index) => {
    const size = 1_024 ** (powers[index] ?? 0);
    return [[`${prefix}bit${suffix}`, size] as const, [`${prefix}B${suffix}`, 8 * size] as const];
  });
  return Object.fromEntries(units);
}

/**
 * How values in `from` become values in `to`: times the factor, plus the offset. Null when they do not measure the same, or one of them is not
 * of DTDL's. `''` is the unit of plain numbers, such as the share that a percentage is of.
 */
export function unitConversion(from: string, to: string): UnitConversion | null {
  const family = FAMILIES.find((units) => Object.hasOwn(units, from) && Object.hasOwn(units, to));
  if (family === undefined) return null;
  const [own, ownZero] = partsOf(family[from]);
  const [other, otherZero] = partsOf(family[to]);
  return { factor: own / other, offset: (ownZero - otherZero) / other };
}

function partsOf(unit: Family[string] = 1): readonly [factor: number, zero: number] {
  return typeof unit === 'number' ? [unit, 0] : unit;
}
