import {
  type ModelField,
  type SeriesAnswer,
  type SeriesRequest,
  type UnitConversion,
  unitConversion,
} from '@viaduct/contracts';

/** In which unit a value is shown, and how it becomes that of what the device sends. */
export interface Measure {
  /** Null for what has none. */
  readonly unit: string | null;
  /** What the device sends; the same as `unit` where nothing is converted. */
  readonly sentUnit: string | null;
  /** Null where values are shown as they were sent. */
  readonly conversion: UnitConversion | null;
}

export const NO_MEASURE: Measure = { unit: null, sentUnit: null, conversion: null };

type MeasuredField = Pick<ModelField, 'unit' | 'hints'> & Partial<Pick<ModelField, 'semanticType'>>;

/**
 * The unit that people want a field in, where the model gives one that its own can be converted to; else its own. Where it has none of its own,
 * the wanted one is only written behind the value. Pure.
 */
export function measureOf({ unit, hints, semanticType = null }: MeasuredField): Measure {
  const wanted = hints?.displayUnit;
  if (wanted === undefined || wanted === unit) return { unit, sentUnit: unit, conversion: null };
  // What measures something and has no unit is a plain number: the share that a percentage is of.
  const from = unit ?? (semanticType === null ? null : '');
  const conversion = from === null ? null : unitConversion(from, wanted);
  if (conversion !== null) return { unit: wanted, sentUnit: unit, conversion };
  const only = unit ?? wanted;
  return { unit: only, sentUnit: only, conversion: null };
}

export function shownNumber(value: number, { conversion }: Pick<Measure, 'conversion'>): number {
  // Without the digits that binary arithmetic adds: 0.1 V are 100 mV.
  return conversion === null ? value : Number((value * conversion.factor + conversion.offset).toPrecision(14));
}

/** Numbers are converted; everything else has no unit to be converted. */
export function shownValue(value: unknown, measure: Pick<Measure, 'conversion'>): unknown {
  return typeof value === 'number' ? shownNumber(value, measure) : value;
}

/** For who points at a converted value: "sent as 21.5 °C". Undefined for what is shown as it was sent. */
export function sentWords(value: unknown, { conversion, sentUnit }: Measure): string | undefined {
  if (conversion === null || typeof value !== 'number') return undefined;
  return `sent as ${value}${sentUnit === null ? '' : ` ${sentUnit}`}`;
}

/** The same where only the unit matters: of a line, of an average. */
export function sentInWords({ conversion, sentUnit }: Measure): string | undefined {
  if (conversion === null) return undefined;
  return sentUnit === null ? 'sent without a unit' : `sent in ${sentUnit}`;
}

/**
 * What remains of a measure when values are aggregated. A number of values has no unit, and a sum of temperatures is none: where zeros differ, how
 * many were summed would have to be known.
 */
export function aggregateMeasure(measure: Measure, aggregate: SeriesRequest['aggregate']): Measure {
  if (aggregate === 'count') return NO_MEASURE;
  if (aggregate !== 'sum' || measure.conversion === null || measure.conversion.offset === 0) return measure;
  return { unit: measure.sentUnit, sentUnit: measure.sentUnit, conversion: null };
}

/** An answer of the history in the unit in which it is shown. The same answer where nothing is converted. */
export function shownAnswer<T extends SeriesAnswer | null>(answer: T, measure: Measure): T {
  if (answer === null || measure.conversion === null) return answer;
  const edge = (values: readonly (number | null)[]) =>
    values.map((value) => (value === null ? null : shownNumber(value, measure)));
  // A factor below zero would turn lowest into highest; no unit has one.
  const lines = answer.lines.map(({ min, max, ...line }) => ({
    ...line,
    values: line.values.map((value) => shownValue(value, measure)),
    ...(min === undefined ? {} : { min: edge(min) }),
    ...(max === undefined ? {} : { max: edge(max) }),
  }));
  return { ...answer, lines };
}
