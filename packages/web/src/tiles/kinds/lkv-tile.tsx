import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from '@tabler/icons-react';
import { Age } from '../../ui/age.tsx';
import { ConditionBadge } from '../condition-badge.tsx';
import { conditionFor } from '../tile-conditions.ts';
import type { ConfigurationOf } from '../tile-configuration.ts';
import { TileState } from '../tile-state.tsx';
import { tileText } from '../tile-values.ts';
import classes from '../tiles.module.css';
import { type LastValue, useLastValues } from '../use-last-values.ts';
import { textStyle } from './text-style.ts';

/** What was said last, how old it is, and whether it rose or fell. */
export function LkvTile({ configuration }: { readonly configuration: ConfigurationOf<'lkv'> }) {
  const { values, ...series } = useLastValues(configuration);
  const { format = {}, extension, showTrend = true } = configuration;
  const isSeveral = series.capabilities.length > 1;
  return (
    <TileState {...series} isEmpty={values.length === 0}>
      <div className={classes.figures}>
        {values.map((one) => (
          <div key={one.key} className={classes.figure}>
            {values.length > 1 && (
              <span className={classes.figureLabel}>
                {[one.line === 'all' || series.isOne ? '' : one.lineLabel, isSeveral ? one.title : '']
                  .filter((word) => word !== '')
                  .join(' · ')}
              </span>
            )}
            <span className={classes.figureValue} style={textStyle(format)} title={one.sentIn}>
              {tileText(one.value, one.unit, format)}
              {showTrend && <Trend value={one} />}
            </span>
            <ConditionBadge condition={conditionFor(extension?.conditions, one.capability, one.value)} />
            <span className={classes.when}>
              <Age at={one.atMs} />
            </span>
          </div>
        ))}
      </div>
    </TileState>
  );
}

function Trend({ value: { value, before } }: { readonly value: LastValue }) {
  if (typeof value !== 'number' || typeof before !== 'number') return null;
  const [Glyph, word] =
    value > before
      ? [IconArrowUpRight, 'rose']
      : value < before
        ? [IconArrowDownRight, 'fell']
        : [IconArrowRight, 'did not change'];
  return <Glyph size={20} stroke={1.8} className="quiet" role="img" aria-label={word} />;
}
