/**
 * What a number measures, and in which units: the semantic types of DTDL. Version 2 has 42 of them built in; versions 3 and 4 have more, and
 * more units of the old ones, by the extension `quantitativeTypes`.
 *
 * Sources: DTDL v2 "Semantic types", v3 and v4 "QuantitativeTypes extension", versions 1 and 2. A test asks the parser about each pair.
 */
interface UnitFamily {
  readonly units: string;
  /** Not of version 2. */
  readonly later?: string;
}

const FAMILIES = {
  acceleration: { units: 'centimetrePerSecondSquared gForce metrePerSecondSquared' },
  angle: { units: 'degreeOfArc minuteOfArc radian secondOfArc turn' },
  angularAcceleration: { units: 'radianPerSecondSquared' },
  angularVelocity: { units: 'degreePerSecond radianPerSecond revolutionPerMinute revolutionPerSecond' },
  apparentEnergy: { units: 'gigavoltAmpereHour kilovoltAmpereHour megavoltAmpereHour voltAmpereHour' },
  apparentPower: { units: 'gigavoltAmpere kilovoltAmpere megavoltAmpere millivoltAmpere voltAmpere' },
  area: { units: 'acre hectare squareCentimetre squareFoot squareInch squareKilometre squareMetre squareMillimetre' },
  capacitance: { units: 'farad microfarad millifarad nanofarad picofarad' },
  charge: { units: 'coulomb', later: 'ampereHour milliampereHour' },
  current: { units: 'ampere microampere milliampere', later: 'kiloampere' },
  dataRate: {
    units:
      'bitPerSecond bytePerSecond exbibitPerSecond exbibytePerSecond gibibitPerSecond gibibytePerSecond kibibitPerSecond kibibytePerSecond mebibitPerSecond mebibytePerSecond tebibitPerSecond tebibytePerSecond yobibitPerSecond yobibytePerSecond zebibitPerSecond zebibytePerSecond',
  },
  dataSize: {
    units:
      'bit byte exbibit exbibyte gibibit gibibyte kibibit kibibyte mebibit mebibyte tebibit tebibyte yobibit yobibyte zebibit zebibyte',
  },
  density: { units: 'gramPerCubicMetre kilogramPerCubicMetre', later: 'microgramPerCubicMetre milligramPerCubicMetre' },
  energy: {
    units: 'electronvolt gigajoule joule kilojoule kilowattHour megaelectronvolt megajoule',
    later: 'britishThermalUnit gigawattHour kiloBritishThermalUnit megawattHour milliwattHour terawattHour wattHour',
  },
  force: { units: 'newton ounce pound ton' },
  frequency: { units: 'gigahertz hertz kilohertz megahertz', later: 'millihertz' },
  illuminance: { units: 'footcandle lux' },
  inductance: { units: 'henry microhenry millihenry' },
  ionizingRadiationDose: { units: 'gray microgray microsievert milligray millisievert sievert' },
  irradiance: { units: 'wattPerSquareMetre' },
  length: {
    units: 'astronomicalUnit centimetre foot inch kilometre metre micrometre mile millimetre nanometre nauticalMile',
  },
  luminance: { units: 'candelaPerSquareMetre' },
  luminousFlux: { units: 'lumen' },
  luminousIntensity: { units: 'candela' },
  magneticFlux: { units: 'maxwell weber' },
  magneticInduction: { units: 'tesla', later: 'gauss' },
  massFlowRate: { units: 'gramPerHour gramPerSecond kilogramPerHour kilogramPerSecond', later: 'massPoundPerHour' },
  mass: { units: 'gram kilogram microgram milligram slug tonne', later: 'massPound' },
  power: {
    units: 'gigawatt horsepower kilowatt kilowattHourPerYear megawatt microwatt milliwatt watt',
    later:
      'britishThermalUnitPerHour gigajoulePerHour joulePerHour joulePerSecond kiloBritishThermalUnitPerHour kilojoulePerHour kilojoulePerSecond megajoulePerHour tonOfRefrigeration',
  },
  pressure: {
    units: 'bar inchesOfMercury inchesOfWater kilopascal millibar millimetresOfMercury pascal poundPerSquareInch',
    later: 'decapascal hectopascal',
  },
  radioactivity: { units: 'becquerel gigabecquerel kilobecquerel megabecquerel' },
  reactiveEnergy: {
    units: 'gigavoltAmpereReactiveHour kilovoltAmpereReactiveHour megavoltAmpereReactiveHour voltAmpereReactiveHour',
  },
  reactivePower: {
    units:
      'gigavoltAmpereReactive kilovoltAmpereReactive megavoltAmpereReactive millivoltAmpereReactive voltAmpereReactive',
  },
  resistance: { units: 'kiloohm megaohm milliohm ohm' },
  soundPressure: { units: 'bel decibel' },
  temperature: { units: 'degreeCelsius degreeFahrenheit kelvin' },
  time: { units: 'day hour microsecond millisecond minute nanosecond second year' },
  torque: { units: 'newtonMetre' },
  unitless: { units: 'percent unity', later: 'partsPerBillion partsPerMillion partsPerQuadrillion partsPerTrillion' },
  velocity: {
    units:
      'centimetrePerSecond kilometrePerHour kilometrePerSecond knot metrePerHour metrePerSecond milePerHour milePerSecond',
  },
  voltage: { units: 'kilovolt megavolt microvolt millivolt volt' },
  volumeFlowRate: {
    units: 'litrePerHour litrePerSecond millilitrePerHour millilitrePerSecond',
    later:
      'cubicFootPerMinute cubicMetrePerHour cubicMetrePerMinute cubicMetrePerSecond gallonPerHour gallonPerMinute litrePerMinute millilitrePerMinute',
  },
  volume: { units: 'cubicCentimetre cubicFoot cubicInch cubicMetre fluidOunce gallon litre millilitre' },
} as const satisfies Readonly<Record<string, UnitFamily>>;

const FAMILY_OF = {
  Acceleration: 'acceleration',
  Angle: 'angle',
  AngularAcceleration: 'angularAcceleration',
  AngularVelocity: 'angularVelocity',
  ApparentEnergy: 'apparentEnergy',
  ApparentPower: 'apparentPower',
  Area: 'area',
  Capacitance: 'capacitance',
  Concentration: 'unitless',
  Current: 'current',
  DataRate: 'dataRate',
  DataSize: 'dataSize',
  Density: 'density',
  Distance: 'length',
  ElectricCharge: 'charge',
  Energy: 'energy',
  EnergyRate: 'power',
  Force: 'force',
  Frequency: 'frequency',
  Humidity: 'density',
  Illuminance: 'illuminance',
  Inductance: 'inductance',
  IonizingRadiationDose: 'ionizingRadiationDose',
  Irradiance: 'irradiance',
  Latitude: 'angle',
  Length: 'length',
  Longitude: 'angle',
  Luminance: 'luminance',
  Luminosity: 'power',
  LuminousFlux: 'luminousFlux',
  LuminousIntensity: 'luminousIntensity',
  MagneticFlux: 'magneticFlux',
  MagneticInduction: 'magneticInduction',
  Mass: 'mass',
  MassFlowRate: 'massFlowRate',
  Power: 'power',
  Pressure: 'pressure',
  Radioactivity: 'radioactivity',
  ReactiveEnergy: 'reactiveEnergy',
  ReactivePower: 'reactivePower',
  RelativeDensity: 'unitless',
  RelativeHumidity: 'unitless',
  Resistance: 'resistance',
  SoundPressure: 'soundPressure',
  Temperature: 'temperature',
  Thrust: 'force',
  TimeSpan: 'time',
  Torque: 'torque',
  Velocity: 'velocity',
  Voltage: 'voltage',
  Volume: 'volume',
  VolumeFlowRate: 'volumeFlowRate',
} as const satisfies Readonly<Record<string, keyof typeof FAMILIES>>;

/** Not of version 2. */
const LATER_TYPES: ReadonlySet<string> = new Set([
  'ApparentEnergy',
  'ApparentPower',
  'Concentration',
  'EnergyRate',
  'IonizingRadiationDose',
  'Irradiance',
  'Radioactivity',
  'ReactiveEnergy',
  'ReactivePower',
  'RelativeDensity',
]);

/** Version 4 has a schema `byte`, which hides the unit of that name. */
const HIDDEN_IN_4 = 'byte';

/** By name. @param version of DTDL: 2, 3 or 4 */
export function semanticTypes(version: number): readonly string[] {
  return Object.keys(FAMILY_OF).filter((type) => version > 2 || !LATER_TYPES.has(type));
}

/** By name; none for a type that DTDL does not know. */
export function unitsOf(semanticType: string, version: number): readonly string[] {
  if (!Object.hasOwn(FAMILY_OF, semanticType)) return [];
  const { units, later }: UnitFamily = FAMILIES[FAMILY_OF[semanticType as keyof typeof FAMILY_OF]];
  const all = version > 2 && later !== undefined ? `${units} ${later}` : units;
  return all
    .split(' ')
    .filter((unit) => version < 4 || unit !== HIDDEN_IN_4)
    .sort();
}
