import type { TileCondition } from '@viaduct/contracts';
import { conditionWords } from './tile-conditions.ts';
import classes from './tiles.module.css';

/** What a condition says of a value: its colour, and in words, for colour alone says nothing. */
export function ConditionBadge({ condition }: { readonly condition: TileCondition | null }) {
  if (condition === null) return null;
  return (
    <span className={classes.condition}>
      <svg width="12" height="12" aria-hidden="true" focusable="false">
        <circle cx="6" cy="6" r="5" fill={condition.color} />
      </svg>
      {conditionWords(condition)}
    </span>
  );
}
