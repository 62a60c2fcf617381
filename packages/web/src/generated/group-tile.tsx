import { useComputedColorScheme } from '@mantine/core';
import type { LatestValue, SeriesSource, TimeRange } from '@viaduct/contracts';
import { CHART_STYLES, lineColour } from '../charts/chart-style.ts';
import { shownAnswer } from '../model/measure.ts';
import { plotLines } from '../tiles/plot-lines.ts';
import { SeriesChart } from '../tiles/series-chart.tsx';
import { useSeries } from '../tiles/use-series.ts';
import { spanOf } from '../time-range/time-choice.ts';
import { useNow } from '../ui/use-now.ts';
import classes from './generated.module.css';
import { distribution, type StateCount } from './group-view.ts';
import type { ViewField } from './view-field.ts';

interface GroupTileProps {
  readonly field: ViewField;
  readonly source: SeriesSource;
  readonly latest: readonly LatestValue[];
  readonly range: TimeRange;
  readonly deviceCount: number;
}

/** Up to so many devices have a line each; of more, the average is drawn within its extremes. */
const LINES_MAX = 8;
const CHART_PIXELS = 180;

/** One thing that the devices of a group say. */
export function GroupTile(props: GroupTileProps) {
  const { field, latest } = props;
  return (
    <section className={`card ${classes.tile}`} aria-label={field.title}>
      <h3 className={classes.title}>
        {field.title}
        {field.measure.unit !== null && <span className={classes.unit}> {field.measure.unit}</span>}
      </h3>
      {field.kind === 'number' ? (
        <Lines {...props} />
      ) : (
        <Distribution label={field.title} counts={distribution(field, latest)} />
      )}
    </section>
  );
}

function Lines({ field, source, range, deviceCount }: GroupTileProps) {
  const isSplit = deviceCount <= LINES_MAX;
  const { answers } = useSeries(
    [
      {
        ...{ source, component: field.component, name: field.name, aggregate: 'avg', pointsMax: 300 },
        ...(isSplit ? { splitBy: 'device' } : {}),
      },
    ],
    range,
  );
  const nowMs = useNow();
  const lines = plotLines(shownAnswer(answers[0] ?? null, field.measure), isSplit ? '' : `Average of ${deviceCount}`, {
    unit: field.measure.unit,
  });
  return (
    <div>
      <SeriesChart lines={lines} span={spanOf(range, nowMs)} label={field.title} height={CHART_PIXELS} />
    </div>
  );
}

const WIDTH = 1_000;
const HEIGHT = 26;

function Distribution({ label, counts }: { readonly label: string; readonly counts: readonly StateCount[] }) {
  const style = CHART_STYLES[useComputedColorScheme('light')];
  const starts = counts.map((_count, index) => counts.slice(0, index).reduce((sum, { share }) => sum + share, 0));
  return (
    <>
      <svg
        className={classes.bands}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${label} now: ${counts.map(countWords).join(', ') || 'unknown'}`}
      >
        <rect className={classes.unknown} width={WIDTH} height={HEIGHT} />
        {counts.map(({ value, share }, index) => (
          <rect
            key={value}
            x={(starts[index] ?? 0) * WIDTH}
            width={share * WIDTH}
            height={HEIGHT}
            fill={lineColour(style, index)}
          />
        ))}
      </svg>
      <ul className={classes.shares}>
        {counts.map((count, index) => (
          <li key={count.value}>
            <svg width="10" height="10" aria-hidden="true">
              <rect width="10" height="10" rx="2" fill={lineColour(style, index)} />
            </svg>
            {countWords(count)}
          </li>
        ))}
      </ul>
    </>
  );
}

function countWords({ value, count }: StateCount): string {
  return `${value}: ${count}`;
}
