import type { QueryRange, TileData } from '@viaduct/contracts';
import { sentInWords } from '../model/measure.ts';
import { rangeOf } from './tile-source.ts';
import { FAR_BACK, type TileSeries, useTileSeries } from './use-tile-series.ts';

export interface LastValue {
  readonly key: string;
  /** Device id, or `all` where the line is of several. */
  readonly line: string;
  readonly lineLabel: string;
  readonly capability: string;
  readonly title: string;
  readonly unit: string | null;
  /** In which unit it was sent, in words, where that is another. */
  readonly sentIn: string | undefined;
  readonly value: unknown;
  readonly atMs: number | null;
  /** The value before it, where there is one. */
  readonly before: unknown;
}

/**
 * The newest value of each capability, and the one before it; a value a device where that is wanted. The last is the last even if the page
 * looks at another time; only a tile that has one of its own shows nothing older.
 */
export function useLastValues(
  configuration: Partial<TileData> & { readonly queryRange?: QueryRange },
  splitBy?: 'device',
): TileSeries & { readonly values: readonly LastValue[] } {
  const series = useTileSeries(configuration, {
    aggregate: 'none',
    newest: 2,
    range: configuration.queryRange === undefined ? FAR_BACK : rangeOf(configuration.queryRange, null),
    ...(splitBy === undefined ? {} : { splitBy }),
  });
  const values = series.capabilities.flatMap(({ capability }, index) => {
    const { title, unit, measure } = series.facts(capability);
    return (series.answers[index]?.lines ?? []).map(({ key, label, times, values: said }): LastValue => {
      const last = said.length - 1;
      return {
        key: `${capability}|${key}`,
        line: key,
        lineLabel: label,
        capability,
        title,
        unit,
        sentIn: sentInWords(measure),
        value: said[last],
        atMs: times[last] ?? null,
        before: said[last - 1],
      };
    });
  });
  return { ...series, values };
}
