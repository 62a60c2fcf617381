import type { ModelField } from '@viaduct/contracts';
import { measureOf, NO_MEASURE, sentWords, shownValue } from '../model/measure.ts';
import { formatDecimals, formatValue } from './format.ts';
import { LongText } from './long-text.tsx';

interface MeasuredValueProps {
  readonly value: unknown;
  /** Null where no model knows it. */
  readonly field: Pick<ModelField, 'unit' | 'hints' | 'semanticType'> | null;
  readonly className?: string | undefined;
}

/** A value on one line, in the unit in which people want it; pointing at it tells what was sent. */
export function MeasuredValue({ value, field, className }: MeasuredValueProps) {
  const measure = field === null ? NO_MEASURE : measureOf(field);
  const shown = shownValue(value, measure);
  // What was sent is shown as it is; what was worked out from it has no more digits than one reads.
  const isConverted = measure.conversion !== null && typeof shown === 'number';
  return (
    <span className={className} title={sentWords(value, measure)}>
      <LongText text={isConverted ? formatDecimals(shown, field?.hints?.decimalPlaces) : formatValue(shown)} />
      {value !== undefined && measure.unit !== null && <span className="quiet"> {measure.unit}</span>}
    </span>
  );
}
