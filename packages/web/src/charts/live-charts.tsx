import { useRef } from 'react';
import type { LiveChart } from '../live/device-feed.ts';
import { liveHub } from '../live/live-hub.ts';
import { type FeedView, useFeedVersion } from '../live/use-device-feed.ts';
import { ChartCard } from './chart-card.tsx';
import classes from './charts.module.css';
import { LastValues } from './last-values.tsx';
import { ValuesTable } from './values-table.tsx';

interface LiveChartsProps {
  readonly view: FeedView;
  readonly windowMinutes: number;
  readonly paused: boolean;
  /** Only so many charts, without the table and the last values: for the overview. */
  readonly chartsMax?: number;
}

/** Every chart the telemetry makes, in the model's order and then as they appeared. */
export function LiveCharts({ view, windowMinutes, paused, chartsMax }: LiveChartsProps) {
  const version = useFeedVersion(view);
  const frozen = useFrozen(view, paused, version);
  const charts = [...view.feed.charts.values()].sort(byOrder).slice(0, chartsMax);
  const shared = { toSeconds: frozen.toSeconds, windowSeconds: windowMinutes * 60 };
  return (
    <>
      <div className={classes.grid}>
        {charts.map((chart) => (
          <ChartCard key={chart.key} chart={chart} version={frozen.version} {...shared} />
        ))}
      </div>
      {chartsMax === undefined && <LastValues values={[...view.feed.lastValues.values()]} />}
      {chartsMax === undefined && charts.length > 0 && <ValuesTable charts={charts} {...shared} />}
    </>
  );
}

/** While paused, charts keep the moment at which they were paused; what comes meanwhile is kept. */
function useFrozen(view: FeedView, paused: boolean, version: number) {
  const held = useRef<{ view: FeedView; toSeconds: number; version: number } | null>(null);
  if (!paused || held.current === null || held.current.view !== view) {
    held.current = { view, toSeconds: liveHub.nowMs() / 1_000, version };
  }
  return held.current;
}

function byOrder(a: LiveChart, b: LiveChart): number {
  return a.order - b.order;
}
