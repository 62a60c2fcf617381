import { Popover, Skeleton, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { useClocked } from '../charts/plot-clock.ts';
import type { LiveField } from '../live/live-field.ts';
import { type Measure, sentWords, shownAnswer, shownValue } from '../model/measure.ts';
import { plotLines } from '../tiles/plot-lines.ts';
import { SeriesChart } from '../tiles/series-chart.tsx';
import { extremesOf } from '../tiles/series-table.tsx';
import { type SeriesAsk, useSeries } from '../tiles/use-series.ts';
import { DAY_RANGE, spanOf } from '../time-range/time-choice.ts';
import { Age } from '../ui/age.tsx';
import { formatNumber, formatValue } from '../ui/format.ts';
import { useNow } from '../ui/use-now.ts';
import classes from './generated.module.css';
import { schemaWords } from './infer-schema.ts';
import { InfoActions } from './info-actions.tsx';
import { seriesOf } from './series-of.ts';
import { useTileScope } from './tile-scope.ts';
import type { ViewField } from './view-field.ts';

interface MoreInfoProps {
  readonly field: ViewField;
  readonly live: LiveField | undefined;
}

/** The name of a value; pressing it tells all there is to know of it. */
export function MoreInfo({ field, live }: MoreInfoProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" shadow="md" width={320} trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={classes.name} aria-haspopup="dialog" onClick={() => setOpen((open) => !open)}>
          {field.title}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={`About ${field.title}`} className={classes.info}>
        {isOpen && <Facts field={field} live={live} />}
      </Popover.Dropdown>
    </Popover>
  );
}

/** Points of the small chart of the last day. */
const SPARK_POINTS = 96;

function Facts({ field, live }: MoreInfoProps) {
  const { deviceId, clock, view } = useTileScope();
  useClocked(clock, () => live?.count ?? 0);
  const nowMs = useNow();
  const series = seriesOf(view, field.component, pathOf(field, live));
  const ask: SeriesAsk = {
    ...series,
    ...(isNumber(field) ? { aggregate: 'avg', pointsMax: SPARK_POINTS } : { aggregate: 'none', newest: 1 }),
  };
  const { answers, isPending } = useSeries([ask], DAY_RANGE);
  const answer = answers[0] ?? null;
  const { measure } = field;
  const [line] = plotLines(shownAnswer(answer, measure), '', { unit: measure.unit });
  const { lowest, highest } = line === undefined ? {} : extremesOf(line);
  const facts = [
    ['Last value', lastWords(live?.lastValue, measure)],
    ['Heard', <Age key="age" at={live?.lastAtMs ?? null} />],
    ['Usually every', live?.usualSeconds == null ? '–' : `${formatNumber(live.usualSeconds)} s`],
    ...(lowest === undefined || highest === undefined
      ? []
      : [['Lowest, highest of a day', `${formatNumber(lowest)} … ${formatNumber(highest)}`] as const]),
    [
      'Type',
      field.semanticType === null ? schemaWords(field.schema) : `${schemaWords(field.schema)}, ${field.semanticType}`,
    ],
    ['Name', field.component === null ? field.name : `${field.component}.${field.name}`],
  ] as const;
  return (
    <>
      {field.description !== null && <p className={classes.infoText}>{field.description}</p>}
      <dl className={classes.infoFacts}>
        {facts.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {isNumber(field) && isPending && <Skeleton height={60} />}
      {isNumber(field) && line !== undefined && (
        <SeriesChart
          lines={[line]}
          span={spanOf(DAY_RANGE, nowMs)}
          label={`${field.title}, last day`}
          height={70}
          hasXAxis={false}
          hasYAxis={false}
          hasLegend={false}
        />
      )}
      <InfoActions
        deviceId={deviceId}
        path={series.component == null ? series.name : `${series.component}.${series.name}`}
        isNumber={isNumber(field)}
        query={answer?.query ?? null}
      />
    </>
  );
}

function isNumber({ kind }: ViewField): boolean {
  return kind === 'number';
}

/** What the history knows it by: an object has a name only by its members. */
function pathOf(field: ViewField, live: LiveField | undefined): readonly string[] {
  if (field.kind !== 'object' && field.kind !== 'vector') return [field.name];
  const [first] = live?.charts.flatMap(({ linePaths }) => [...linePaths.values()]) ?? [];
  return first ?? [field.name];
}

/** So much of a long value is told here; all of it is among the raw data. */
const VALUE_CHARACTERS_MAX = 200;

function lastWords(value: unknown, measure: Measure): string {
  const text = formatValue(shownValue(value, measure));
  if (text.length > VALUE_CHARACTERS_MAX) return `${text.slice(0, VALUE_CHARACTERS_MAX)}…`;
  const sent = sentWords(value, measure);
  return `${text}${measure.unit === null ? '' : ` ${measure.unit}`}${sent === undefined ? '' : `, ${sent}`}`;
}
