import { IconExternalLink } from '@tabler/icons-react';
import { useClocked } from '../charts/plot-clock.ts';
import type { LiveTrail } from '../live/live-field.ts';
import { withKeys } from '../live/value-trail.ts';
import { Age } from '../ui/age.tsx';
import { formatValue } from '../ui/format.ts';
import classes from './generated.module.css';
import { useTileScope } from './tile-scope.ts';
import { useTrail } from './use-trail.ts';

const SHOWN_MAX = 12;
const ADDRESS = /^https?:\/\/[^\s<>"]+$/i;

/** The last text, large where it is short, a link where it is an address; below, what it was before. */
export function TextTile({ trail, component }: { readonly trail: LiveTrail; readonly component: string | null }) {
  const { clock } = useTileScope();
  useClocked(clock, () => trail.trail.last?.atMs ?? null);
  const points = useTrail(component, trail);
  const changes = points.filter(({ value }, index) => index === 0 || value !== points[index - 1]?.value);
  const last = points.at(-1);
  return (
    <>
      <p className={classes.text}>{last === undefined ? '–' : <Text value={formatValue(last.value)} />}</p>
      {changes.length > 1 && (
        <section className={classes.events} aria-label={`${trail.title} before`}>
          <ol>
            {withKeys(changes.slice(-SHOWN_MAX - 1, -1))
              .reverse()
              .map(({ key, atMs, value }) => (
                <li key={key}>
                  <span className={classes.eventText}>{formatValue(value)}</span>
                  <span className={classes.eventAge}>
                    <Age at={atMs} />
                  </span>
                </li>
              ))}
          </ol>
        </section>
      )}
    </>
  );
}

/** What a device says is never opened by itself, pictures neither: the page asks no other site. */
function Text({ value }: { readonly value: string }) {
  if (!ADDRESS.test(value)) return value;
  return (
    <a href={value} target="_blank" rel="noopener noreferrer">
      {value} <IconExternalLink size={14} aria-label="opens elsewhere" />
    </a>
  );
}
