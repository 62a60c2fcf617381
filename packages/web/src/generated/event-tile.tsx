import { IconAlertTriangle, IconExclamationCircle, IconInfoCircle } from '@tabler/icons-react';
import type { ModelSchema } from '@viaduct/contracts';
import { useClocked } from '../charts/plot-clock.ts';
import type { LiveTrail } from '../live/live-field.ts';
import { withKeys } from '../live/value-trail.ts';
import { Age } from '../ui/age.tsx';
import classes from './generated.module.css';
import { stateName } from './state-bands.ts';
import { useTileScope } from './tile-scope.ts';
import { useTrail } from './use-trail.ts';
import type { ViewField } from './view-field.ts';

const SHOWN_MAX = 50;
const GLYPHS = { information: IconInfoCircle, warning: IconAlertTriangle, error: IconExclamationCircle };
const WORDS = { information: 'Information', warning: 'Warning', error: 'Error' };

interface EventTileProps {
  readonly trail: LiveTrail;
  readonly severity: NonNullable<ViewField['severity']> | null;
  readonly component: string | null;
  readonly schema: ModelSchema;
}

/** What happened, newest first, with how bad it is by icon and word. */
export function EventTile({ trail, severity, component, schema }: EventTileProps) {
  const { clock } = useTileScope();
  useClocked(clock, () => trail.trail.last?.atMs ?? null);
  const points = useTrail(component, trail);
  const Glyph = GLYPHS[severity ?? 'information'];
  return (
    <>
      <p className={classes.count}>
        {points.length === 1 ? '1 event' : `${points.length} events`}
        {severity !== null && ` · ${WORDS[severity]}`}
      </p>
      <section className={classes.events} aria-label={`${trail.title}, newest first`}>
        <ol>
          {withKeys(points.slice(-SHOWN_MAX))
            .reverse()
            .map(({ key, atMs, value }) => (
              <li key={key}>
                <Glyph size={16} data-severity={severity ?? 'information'} aria-hidden="true" />
                <span className={classes.eventText}>{stateName(schema, value)}</span>
                <span className={classes.eventAge}>
                  <Age at={atMs} />
                </span>
              </li>
            ))}
        </ol>
      </section>
    </>
  );
}
