import type { ModelField } from '@viaduct/contracts';
import { measureOf, NO_MEASURE, sentWords, shownValue } from '../model/measure.ts';
import { formatValue } from './format.ts';

interface MeasuredValueProps {
  readonly value: unknown;
  /** Null where no model knows it. */
  readonly field: Pick<ModelField, 'unit' | 'hints' | 'semanticType'> | null;
  readonly className?: string | undefined;
}

/** A value on one line, in the unit in which people want it; pointing at it tells what was sent. */
export function MeasuredValue({ value, field, className }: MeasuredValueProps) {
  const measure = field === null ? NO_MEASURE : measureOf(field);
  return (
    <span className={className} title={sentWords(value, measure)}>
      {formatValue(shownValue(value, measure))}
      {value !== undefined && measure.unit !== null && <span className="quiet"> {measure.unit}</span>}
    </span>
  );
}
