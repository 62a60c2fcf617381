import { Link } from '@tanstack/react-router';
import { formatMoment } from '../../ui/format.ts';
import { ConditionBadge } from '../condition-badge.tsx';
import { Scroll } from '../scroll.tsx';
import { conditionFor } from '../tile-conditions.ts';
import type { TextConfiguration } from '../tile-configuration.ts';
import { TileState } from '../tile-state.tsx';
import { useTileSurroundings } from '../tile-surroundings.ts';
import { tileText } from '../tile-values.ts';
import classes from '../tiles.module.css';
import { FAR_BACK, type TileSeries, useTileSeries } from '../use-tile-series.ts';
import { textStyle } from './text-style.ts';

const ENTRIES = 100;
/** Of those that are looked through for a text. */
const SEARCHED = 1_000;

interface Entry {
  readonly key: string;
  readonly atMs: number;
  readonly device: string;
  readonly capability: string;
  readonly title: string;
  readonly value: unknown;
}

/** What happened, newest first: events, changes of state, or whatever is said in texts. */
export function HistoryTile({
  title,
  configuration,
}: {
  readonly title: string;
  readonly configuration: TextConfiguration;
}) {
  const { type, limit = ENTRIES, format = {}, extension } = configuration;
  const isLog = type === 'log';
  const wanted = configuration.contains?.toLowerCase();
  const { range } = useTileSurroundings();
  const series = useTileSeries(configuration, {
    ...{ aggregate: 'none', newest: wanted === undefined ? limit : SEARCHED, splitBy: 'device' },
    // A log has no time of its own: it begins with what was said last, whenever that was.
    ...(isLog && range === null ? { range: FAR_BACK } : {}),
  });
  const entries = entriesOf(series, type === 'stateHistoryChart')
    .filter(({ value }) => wanted === undefined || tileText(value, null).toLowerCase().includes(wanted))
    .slice(0, limit);
  return (
    <TileState {...series} isEmpty={entries.length === 0}>
      <Scroll label={title} style={textStyle(format)}>
        <ul className={classes.list}>
          {entries.map((entry) => (
            <li key={entry.key}>
              <time className={classes.when} dateTime={new Date(entry.atMs).toISOString()}>
                {formatMoment(new Date(entry.atMs).toISOString())}
              </time>
              <Link to="/devices/$deviceId" params={{ deviceId: entry.device }}>
                {entry.device}
              </Link>
              <ConditionBadge condition={conditionFor(extension?.conditions, entry.capability, entry.value)} />
              <span className={isLog ? 'mono' : undefined}>
                {series.capabilities.length > 1 && `${entry.title}: `}
                {tileText(entry.value, series.facts(entry.capability).unit, format)}
              </span>
            </li>
          ))}
        </ul>
      </Scroll>
    </TileState>
  );
}

/** @param isChange only where a value is another than the one before it. */
function entriesOf({ capabilities, answers, facts }: TileSeries, isChange: boolean): readonly Entry[] {
  const entries = capabilities.flatMap(({ capability }, index) =>
    (answers[index]?.lines ?? []).flatMap(({ key: device, times, values, deviceIds }) =>
      times.flatMap((atMs, place): Entry[] => {
        const value = values[place];
        if (value === null || value === undefined) return [];
        if (isChange && place > 0 && JSON.stringify(value) === JSON.stringify(values[place - 1])) return [];
        const who = deviceIds?.[place] ?? device;
        return [
          {
            key: `${who} ${index} ${atMs} ${place}`,
            atMs,
            device: who,
            capability,
            title: facts(capability).title,
            value,
          },
        ];
      }),
    ),
  );
  return entries.sort((a, b) => b.atMs - a.atMs);
}
