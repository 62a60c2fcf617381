import { useClocked } from '../charts/plot-clock.ts';
import type { LiveTrail } from '../live/live-field.ts';
import { type GeoPoint, geoPointOf } from '../live/read-body.ts';
import classes from './generated.module.css';
import { useTileScope } from './tile-scope.ts';
import { useTrail } from './use-trail.ts';

const WIDTH = 320;
const HEIGHT = 130;
const MARGIN = 12;

/** Where it is, and the way it came. */
export function LocationTile({ trail, component }: { readonly trail: LiveTrail; readonly component: string | null }) {
  const { clock } = useTileScope();
  useClocked(clock, () => trail.trail.last?.atMs ?? null);
  const points = useTrail(component, trail);
  const places = points.map(({ value }) => geoPointOf(value)).filter((place) => place !== null);
  const last = places.at(-1);
  const way = drawnWay(places);
  const end = way.at(-1);
  return (
    <>
      <p className={classes.text}>{last === undefined ? '–' : placeWords(last)}</p>
      <svg
        className={classes.way}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`The way of ${trail.title}: ${places.length} places`}
      >
        <polyline points={way.map(({ x, y }) => `${x},${y}`).join(' ')} />
        {end !== undefined && <circle cx={end.x} cy={end.y} r={5} />}
      </svg>
    </>
  );
}

/** Places on a sheet, true to scale at their latitude, filling it. */
function drawnWay(places: readonly GeoPoint[]): { readonly x: number; readonly y: number }[] {
  const shrink = Math.cos(((places[0]?.lat ?? 0) * Math.PI) / 180);
  const flat = places.map(({ lat, lon }) => ({ x: lon * shrink, y: -lat }));
  const [left, top] = [Math.min(...flat.map(({ x }) => x)), Math.min(...flat.map(({ y }) => y))];
  const [width, height] = [Math.max(...flat.map(({ x }) => x)) - left, Math.max(...flat.map(({ y }) => y)) - top];
  const scale = Math.min((WIDTH - 2 * MARGIN) / (width || 1e-6), (HEIGHT - 2 * MARGIN) / (height || 1e-6));
  const [padX, padY] = [(WIDTH - width * scale) / 2, (HEIGHT - height * scale) / 2];
  return flat.map(({ x, y }) => ({ x: padX + (x - left) * scale, y: padY + (y - top) * scale }));
}

function placeWords({ lat, lon, alt }: GeoPoint): string {
  const height = alt === undefined ? '' : `, ${alt} m`;
  return `${lat.toFixed(5)}, ${lon.toFixed(5)}${height}`;
}
