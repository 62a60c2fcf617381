import { useState } from 'react';
import { useClocked } from '../charts/plot-clock.ts';
import { isStale, type LiveField, type LiveTrail } from '../live/live-field.ts';
import { sentWords, shownNumber } from '../model/measure.ts';
import { Age } from '../ui/age.tsx';
import { Fence } from '../ui/fence.tsx';
import { formatDecimals } from '../ui/format.ts';
import { useNow } from '../ui/use-now.ts';
import { BandsTile } from './bands-tile.tsx';
import { ChartTile } from './chart-tile.tsx';
import { EventTile } from './event-tile.tsx';
import classes from './generated.module.css';
import { inferSchema, kindOf, schemaWords } from './infer-schema.ts';
import { LocationTile } from './location-tile.tsx';
import { MakeCapability } from './make-capability.tsx';
import { MoreInfo } from './more-info.tsx';
import { TextTile } from './text-tile.tsx';
import { TileForm } from './tile-form.tsx';
import { TileMenu } from './tile-menu.tsx';
import { useTileScope } from './tile-scope.ts';
import { trendWords } from './trend.ts';
import type { ViewField, ViewSection } from './view-field.ts';

interface FieldTileProps {
  readonly field: ViewField;
  readonly section: ViewSection['kind'];
  readonly neighbours: readonly ViewField[];
}

/** One thing that the device says: its name, how fresh it is, and the picture that its kind asks for. */
export function FieldTile({ field, section, neighbours }: FieldTileProps) {
  const { view, clock, deviceId } = useTileScope();
  const [isEditing, setEditing] = useState(false);
  const live = view.feed.fields.get(field.key);
  // A member that appears within an object makes another chart.
  useClocked(clock, () => `${live?.charts.length} ${live?.trails.length} ${live?.lastAtMs === null}`);
  return (
    <section className={`card ${classes.tile}`} aria-label={field.title} data-kind={field.kind}>
      <header className={classes.head}>
        <h3 className={classes.title}>
          <MoreInfo field={field} live={live} />
        </h3>
        {!field.isModelled && <span className={classes.type}>{schemaWords(field.schema)}</span>}
        {live !== undefined && <Freshness live={live} />}
        {view.moduleId === null && <TileMenu field={field} neighbours={neighbours} onEdit={() => setEditing(true)} />}
      </header>
      {section === 'unmodelled' && view.moduleId === null && (
        <MakeCapability deviceId={deviceId} component={field.component} name={field.name} />
      )}
      {isEditing && <TileForm field={field} onClose={() => setEditing(false)} />}
      {live === undefined ? (
        <p className={classes.silent}>Nothing said yet</p>
      ) : (
        <Fence>
          <Picture field={field} live={live} />
        </Fence>
      )}
    </section>
  );
}

/** Age of the newest value; marked as stale after three times the usual interval. */
function Freshness({ live }: { readonly live: LiveField }) {
  const stale = isStale(live, useNow());
  return (
    <span className={classes.age} data-stale={stale || undefined}>
      {stale ? 'stale · ' : ''}
      <Age at={live.lastAtMs} />
    </span>
  );
}

const CHART_PIXELS = 130;
/** Of one of several charts of an object. */
const SMALL_CHART_PIXELS = 96;

function Picture({ field, live }: { readonly field: ViewField; readonly live: LiveField }) {
  const isLone = live.charts.length === 1;
  const contradicts = field.isModelled && field.kind === 'number' && live.trails.length > 0;
  return (
    <>
      {contradicts && (
        <p className={classes.note} role="note">
          The model says {schemaWords(field.schema)}; the device also sends something else.
        </p>
      )}
      {field.kind === 'number' && <NumberHead field={field} live={live} />}
      {field.chart !== 'value' &&
        live.charts.map((chart) => (
          <div key={chart.key} className={classes.chart}>
            {!isLone && (
              <h4 className={classes.part}>{[chart.title, chart.measure.unit].filter(Boolean).join(', ')}</h4>
            )}
            <ChartTile field={field} chart={chart} height={isLone ? CHART_PIXELS : SMALL_CHART_PIXELS} />
          </div>
        ))}
      {live.trails.map((trail) => (
        <div key={trail.key}>
          {(live.trails.length > 1 || live.charts.length > 0) && <h4 className={classes.part}>{trail.title}</h4>}
          <TrailPicture field={field} trail={trail} />
        </div>
      ))}
    </>
  );
}

function TrailPicture({ field, trail }: { readonly field: ViewField; readonly trail: LiveTrail }) {
  const { component, severity, hints } = field;
  const { kind, schema } = trail.path.length === 1 ? field : memberOf(field, trail);
  switch (kind) {
    case 'boolean':
    case 'state':
      return <BandsTile component={component} trail={trail} schema={schema} color={hints.color} />;
    case 'event':
      return <EventTile component={component} trail={trail} schema={schema} severity={severity ?? null} />;
    case 'location':
      return <LocationTile component={component} trail={trail} />;
    default:
      return <TextTile component={component} trail={trail} />;
  }
}

/** Of a member of an object: as the model has it where it knows it, else as the value is. */
function memberOf({ schema }: ViewField, { path, trail }: LiveTrail): Pick<ViewField, 'kind' | 'schema'> {
  const [, name, ...deeper] = path;
  const known = schema.kind === 'object' ? schema.fields.find((field) => field.name === name) : undefined;
  if (known !== undefined && deeper.length === 0)
    return { kind: kindOf(known.schema, known.role), schema: known.schema };
  const guessed = inferSchema(trail.last?.value);
  return { kind: kindOf(guessed), schema: guessed };
}

/** The last value, large, and whether it went up or down. */
function NumberHead({ field, live }: { readonly field: ViewField; readonly live: LiveField }) {
  const { clock } = useTileScope();
  useClocked(clock, () => live.count);
  const { lastValue } = live;
  const [chart] = live.charts;
  if (typeof lastValue !== 'number') return null;
  return (
    <p className={classes.value} title={sentWords(lastValue, field.measure)}>
      {formatDecimals(shownNumber(lastValue, field.measure), field.hints.decimalPlaces)}
      {field.measure.unit !== null && <span className={classes.unit}> {field.measure.unit}</span>}
      {chart !== undefined && <span className={classes.since}> {trendWords(chart, clock)}</span>}
    </p>
  );
}
