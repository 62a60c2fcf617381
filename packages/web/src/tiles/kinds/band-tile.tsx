import type { BandConfiguration } from '../tile-configuration.ts';
import { TileState } from '../tile-state.tsx';
import { stretchesOf, tileText } from '../tile-values.ts';
import { type Band, TimeBands } from '../time-bands.tsx';
import { type TileSeries, useTileSeries } from '../use-tile-series.ts';

/** So many of the newest values make the bands of a line. */
const VALUES = 1_000;

/** When which state was, or when which event happened: a row a device and capability. */
export function BandTile({
  title,
  configuration,
}: {
  readonly title: string;
  readonly configuration: BandConfiguration;
}) {
  const series = useTileSeries(configuration, { aggregate: 'none', newest: VALUES, splitBy: 'device' });
  const bands = bandsOf(series, configuration.type);
  return (
    <TileState {...series} isEmpty={bands.every(({ parts }) => parts.length === 0)}>
      <TimeBands label={title} bands={bands} span={series.span} />
    </TileState>
  );
}

function bandsOf({ capabilities, answers, span, facts }: TileSeries, type: BandConfiguration['type']): readonly Band[] {
  return capabilities.flatMap(({ capability }, index) =>
    (answers[index]?.lines ?? []).map(({ key, label, times, values }) => {
      const { title } = facts(capability);
      return {
        key: `${title}|${key}`,
        label: capabilities.length === 1 ? label : `${label} · ${title}`,
        parts:
          type === 'stateChart'
            ? stretchesOf(times, values, span.toMs)
            : times.map((atMs, place) => ({ fromMs: atMs, toMs: atMs, value: tileText(values[place], null) })),
      };
    }),
  );
}
