import type { TileCapability, TimeRange } from '@viaduct/contracts';
import { useMemo } from 'react';
import { NO_MEASURE, sentInWords } from '../model/measure.ts';
import { numberOf } from './plot-lines.ts';
import { foldValues } from './tile-values.ts';
import { type RangedData, type TileSeries, useTileSeries } from './use-tile-series.ts';

export interface FoldedValue {
  readonly key: string;
  readonly label: string;
  readonly unit: string | null;
  /** In which unit it was sent, in words, where that is another. */
  readonly sentIn: string | undefined;
  readonly capability: string;
  /** Device id, or `all`. */
  readonly line: string;
  /** Over the whole range. */
  readonly value: number | null;
  /** Its buckets, for a small chart. */
  readonly trend: readonly (number | null)[];
}

/** So many buckets are folded; with their counts, an average of them is the average of all. */
const BUCKETS = 60;

/** One value a line for the whole range. */
export function useFoldedSeries(
  configuration: RangedData,
  wish: { readonly splitBy?: 'device'; readonly range?: TimeRange } = {},
): TileSeries & { readonly values: readonly FoldedValue[] } {
  const series = useTileSeries(configuration, { ...wish, pointsMax: BUCKETS });
  const counted = useMemo(() => countsOf(configuration), [configuration]);
  const counts = useTileSeries(counted, { ...wish, pointsMax: BUCKETS });
  const values = series.capabilities.flatMap((capability, index) => {
    const lines = series.answers[index]?.lines ?? [];
    return lines.map(({ key, label, values: buckets }): FoldedValue => {
      const weights = counts.answers[index]?.lines.find((line) => line.key === key)?.values.map(numberOf);
      const numbers = buckets.map(numberOf);
      const { title } = series.facts(capability.capability);
      const measure = series.measures[index] ?? NO_MEASURE;
      return {
        key: `${title}|${key}`,
        label: key === 'all' || series.isOne ? title : series.capabilities.length === 1 ? label : `${title} · ${label}`,
        unit: measure.unit,
        sentIn: sentInWords(measure),
        capability: capability.capability,
        line: key,
        value: foldValues(capability.aggregateFunction, numbers, weights),
        trend: numbers,
      };
    });
  });
  return { ...series, values };
}

function countsOf(configuration: RangedData): RangedData {
  const counted = (one: TileCapability): TileCapability => ({ ...one, aggregateFunction: 'count' });
  return { ...configuration, capabilities: (configuration.capabilities ?? []).map(counted) };
}
