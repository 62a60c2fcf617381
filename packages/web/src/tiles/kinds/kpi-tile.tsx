import { liveHub } from '../../live/live-hub.ts';
import { rangeBefore } from '../../time-range/time-choice.ts';
import { ConditionBadge } from '../condition-badge.tsx';
import { Sparkline } from '../sparkline.tsx';
import { conditionFor } from '../tile-conditions.ts';
import type { TextConfiguration } from '../tile-configuration.ts';
import { TileState } from '../tile-state.tsx';
import { useTileSurroundings } from '../tile-surroundings.ts';
import { tileText } from '../tile-values.ts';
import classes from '../tiles.module.css';
import { type FoldedValue, useFoldedSeries } from '../use-folded-series.ts';
import { textStyle } from './text-style.ts';

/** A few figures that sum up a time, with how they came about. */
export function KpiTile({ configuration }: { readonly configuration: TextConfiguration }) {
  const { values, ...series } = useFoldedSeries(configuration);
  const { isCompared } = useTileSurroundings();
  const { format = {}, extension } = configuration;
  return (
    <TileState {...series} isEmpty={values.length === 0}>
      <div className={classes.figures}>
        {values.map((one) => (
          <div key={one.key} className={classes.figure}>
            {values.length > 1 && <span className={classes.figureLabel}>{one.label}</span>}
            <span className={classes.figureValue} style={textStyle(format)} title={one.sentIn}>
              {tileText(one.value, one.unit, format)}
            </span>
            <ConditionBadge condition={conditionFor(extension?.conditions, one.capability, one.value)} />
            <Sparkline values={one.trend} />
          </div>
        ))}
      </div>
      {isCompared && <Before configuration={configuration} now={values} range={series.range} />}
    </TileState>
  );
}

interface BeforeProps {
  readonly configuration: TextConfiguration;
  readonly now: readonly FoldedValue[];
  readonly range: Parameters<typeof rangeBefore>[0];
}

/** The same of the period before, and by how much it changed. */
function Before({ configuration, now, range }: BeforeProps) {
  const minuteMs = Math.floor(liveHub.nowMs() / 60_000) * 60_000;
  const { values } = useFoldedSeries(configuration, { range: rangeBefore(range, minuteMs) });
  const words = values.flatMap(({ key, value, unit }) => {
    const current = now.find((one) => one.key === key)?.value;
    if (value === null || value === 0 || current == null) return [];
    const percent = Math.round(((current - value) / Math.abs(value)) * 1_000) / 10;
    return [`${percent > 0 ? '+' : ''}${percent} % from ${tileText(value, unit, configuration.format)}`];
  });
  return <p className={classes.quietLine}>{words.join(' · ')}</p>;
}
