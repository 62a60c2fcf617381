import type { SeriesSource } from '@viaduct/contracts';
import { shownAnswer } from '../../model/measure.ts';
import { plotLines } from '../../tiles/plot-lines.ts';
import { SeriesChart } from '../../tiles/series-chart.tsx';
import { useSeries } from '../../tiles/use-series.ts';
import { formatNumber } from '../../ui/format.ts';
import type { FleetMeasure } from './fleet-measure.ts';
import classes from './overview.module.css';

const RANGE = { kind: 'last', duration: 'PT15M' } as const;
const POINTS_MAX = 120;
const CHART_PIXELS = 130;

interface FleetChartProps {
  readonly source: SeriesSource;
  readonly measure: FleetMeasure;
}

/** The average of many devices in the last 15 minutes, with the band of their extremes. */
export function FleetChart({ source, measure: { component, name, title, measure } }: FleetChartProps) {
  const { answers, isPending } = useSeries(
    [{ source, component, name, aggregate: 'avg', pointsMax: POINTS_MAX }],
    RANGE,
  );
  const answer = answers[0] ?? null;
  if (answer === null || answer.lines.length === 0) {
    return <p className={classes.small}>{isPending ? `${title} …` : `Nothing of ${title} in the last 15 minutes.`}</p>;
  }
  const span = { fromMs: Date.parse(answer.from), toMs: Date.parse(answer.to) };
  const { unit } = measure;
  const lines = plotLines(shownAnswer(answer, measure), title, { unit });
  return (
    <>
      <p className={classes.small}>
        {title}, average <strong>{lastOf(lines[0]?.values ?? [], unit)}</strong>
      </p>
      <SeriesChart lines={lines} span={span} label={title} height={CHART_PIXELS} hasLegend={false} />
    </>
  );
}

function lastOf(values: readonly (number | null)[], unit: string | null): string {
  const last = values.findLast((value) => value !== null);
  if (last === undefined || last === null) return '–';
  return unit === null ? formatNumber(last) : `${formatNumber(last)} ${unit}`;
}
