import { Link } from '@tanstack/react-router';
import type { TileCapability, TileCondition } from '@viaduct/contracts';
import { Age } from '../../ui/age.tsx';
import { ConditionBadge } from '../condition-badge.tsx';
import { Scroll } from '../scroll.tsx';
import { conditionFor } from '../tile-conditions.ts';
import type { ConfigurationOf } from '../tile-configuration.ts';
import { Note, TileState } from '../tile-state.tsx';
import { tileText } from '../tile-values.ts';
import classes from '../tiles.module.css';
import { type LastValue, useLastValues } from '../use-last-values.ts';

type Configuration = ConfigurationOf<'alertList'>;

const NO_CONDITIONS: readonly TileCondition[] = [];

/** The devices whose last value meets one of the tile's conditions, in the order of the conditions. */
export function AlertListTile({
  title,
  configuration,
}: {
  readonly title: string;
  readonly configuration: Configuration;
}) {
  const { group, devices = [], extension, limit, queryRange } = configuration;
  const conditions = extension?.conditions ?? NO_CONDITIONS;
  const { values, ...series } = useLastValues(
    { group, devices, capabilities: capabilitiesOf(conditions), ...(queryRange === undefined ? {} : { queryRange }) },
    'device',
  );
  if (conditions.length === 0) return <Note>Say in the tile's settings when something is wrong.</Note>;
  const found = alertsOf(values, conditions).slice(0, limit);
  return (
    <TileState {...series} isEmpty={values.length === 0} empty="Nobody has said anything of this yet.">
      {found.length === 0 ? (
        <Note>Nothing is wrong.</Note>
      ) : (
        <Scroll label={title}>
          <ul className={classes.list}>
            {found.map(({ condition, ...one }) => (
              <li key={one.key}>
                <ConditionBadge condition={condition} />
                <Link to="/devices/$deviceId" params={{ deviceId: one.line }}>
                  {one.lineLabel}
                </Link>
                <span>
                  {one.title} {tileText(one.value, one.unit)}
                </span>
                <span className={`${classes.when} ${classes.end}`}>
                  <Age at={one.atMs} />
                </span>
              </li>
            ))}
          </ul>
        </Scroll>
      )}
    </TileState>
  );
}

function capabilitiesOf(conditions: readonly TileCondition[]): readonly TileCapability[] {
  const names = new Set(conditions.flatMap(({ capability }) => (capability === undefined ? [] : [capability])));
  return [...names].map((capability) => ({ capability, aggregateFunction: 'count' }));
}

function alertsOf(values: readonly LastValue[], conditions: readonly TileCondition[]) {
  const found = values.flatMap((one) => {
    const condition = conditionFor(conditions, one.capability, one.value);
    return condition === null ? [] : [{ ...one, condition }];
  });
  const rank = (condition: TileCondition) => conditions.indexOf(condition);
  return found.sort((a, b) => rank(a.condition) - rank(b.condition) || (b.atMs ?? 0) - (a.atMs ?? 0));
}
