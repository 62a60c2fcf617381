import { useComputedColorScheme } from '@mantine/core';
import type { ModelSchema } from '@viaduct/contracts';
import { CHART_STYLES, lineColour } from '../charts/chart-style.ts';
import { useClocked } from '../charts/plot-clock.ts';
import type { LiveTrail } from '../live/live-field.ts';
import { withKeys } from '../live/value-trail.ts';
import { spanOf } from '../time-range/time-choice.ts';
import { formatClock, formatDuration } from '../ui/format.ts';
import classes from './generated.module.css';
import { type StateBand, stateBands, stateName, stateShares } from './state-bands.ts';
import { useTileScope } from './tile-scope.ts';
import { useTrail } from './use-trail.ts';

interface BandsTileProps {
  readonly component: string | null;
  readonly trail: LiveTrail;
  readonly schema: ModelSchema;
  readonly color: string | undefined;
}

const WIDTH = 1_000;
const HEIGHT = 26;
/** Even a moment should be seen. */
const BAND_WIDTH_MIN = 3;
const SHARES_MAX = 6;

/** Which state it was in, and when: a band a stretch, its colour named below. */
export function BandsTile({ component, trail, schema, color }: BandsTileProps) {
  const { clock, range, isLive } = useTileScope();
  // Bands move on by themselves; a second at a time is enough.
  const toSeconds = useClocked(clock, () => Math.floor(clock.toSeconds()));
  const points = useTrail(component, trail);
  const toMs = toSeconds * 1_000;
  const window = isLive ? { fromMs: toMs - clock.windowSeconds() * 1_000, toMs } : spanOf(range, toMs);
  const bands = stateBands(points, window, (value) => stateName(schema, value));
  const shares = stateShares(bands);
  const colourOf = useColours(
    schema,
    shares.map(({ value }) => value),
    color,
  );
  const now = points.at(-1);
  const name = now === undefined ? '–' : stateName(schema, now.value);
  return (
    <>
      <p className={classes.value}>
        {name}
        {now !== undefined && <span className={classes.since}> {sinceWords(bands, toMs)}</span>}
      </p>
      <svg
        className={classes.bands}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${trail.title}: ${name} now; ${shares.map(shareWords).join(', ')}`}
      >
        <rect className={classes.unknown} width={WIDTH} height={HEIGHT} />
        {withKeys(bands.map((band) => ({ ...band, atMs: band.fromMs }))).map(({ key, value, from, to, fromMs }) => (
          <rect
            key={key}
            x={Math.min(from * WIDTH, WIDTH - BAND_WIDTH_MIN)}
            width={Math.max(BAND_WIDTH_MIN, (to - from) * WIDTH)}
            height={HEIGHT}
            fill={colourOf(value)}
          >
            <title>{`${value} from ${formatClock(fromMs)}`}</title>
          </rect>
        ))}
      </svg>
      <ul className={classes.shares}>
        {shares.slice(0, SHARES_MAX).map((share) => (
          <li key={share.value}>
            <svg width="10" height="10" aria-hidden="true">
              <rect width="10" height="10" rx="2" fill={colourOf(share.value)} />
            </svg>
            {shareWords(share)}
          </li>
        ))}
      </ul>
    </>
  );
}

function shareWords({ value, share }: { readonly value: string; readonly share: number }): string {
  const percent = Math.round(share * 100);
  return `${value} ${percent === 0 ? '<1' : percent} %`;
}

function sinceWords(bands: readonly StateBand[], toMs: number): string {
  const last = bands.at(-1);
  return last === undefined ? '' : `for ${formatDuration(Math.max(0, Math.round((toMs - last.fromMs) / 1_000)))}`;
}

/** By the model's order, so that a state has the same colour everywhere; Off is grey. */
function useColours(schema: ModelSchema, seen: readonly string[], color: string | undefined) {
  const style = CHART_STYLES[useComputedColorScheme('light')];
  const named = schema.kind === 'enum' ? schema.values.map(({ name, displayName }) => displayName || name) : ['On'];
  const order = [...named, ...seen.filter((value) => !named.includes(value) && value !== 'Off').toSorted()];
  return (value: string): string => {
    if (value === 'Off') return style.text;
    const index = Math.max(0, order.indexOf(value));
    return index === 0 && color !== undefined ? color : lineColour(style, index);
  };
}
