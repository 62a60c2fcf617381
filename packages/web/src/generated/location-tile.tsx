import { Button } from '@mantine/core';
import { IconMap } from '@tabler/icons-react';
import { useState } from 'react';
import { useClocked } from '../charts/plot-clock.ts';
import type { LiveTrail } from '../live/live-field.ts';
import { type GeoPoint, geoPointOf } from '../live/read-body.ts';
import { DeviceMap } from '../map/device-map.tsx';
import classes from './generated.module.css';
import { useTileScope } from './tile-scope.ts';
import { useTrail } from './use-trail.ts';

const WIDTH = 320;
const HEIGHT = 130;
const MARGIN = 12;

/** Where it is, and the way it came, true to scale; on a map of the world when somebody asks for it, for a map is heavy. */
export function LocationTile({ trail, component }: { readonly trail: LiveTrail; readonly component: string | null }) {
  const { clock, deviceId } = useTileScope();
  const [isOnMap, setOnMap] = useState(false);
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
      {last !== undefined && (
        <Button
          size="compact-xs"
          variant="subtle"
          mt={4}
          aria-expanded={isOnMap}
          leftSection={<IconMap size={14} />}
          onClick={() => setOnMap(!isOnMap)}
        >
          {isOnMap ? 'Without the map' : 'On the map'}
        </Button>
      )}
      {isOnMap && last !== undefined && (
        <div className={classes.map}>
          <DeviceMap
            places={[{ deviceId, label: deviceId, ...last, atMs: points.at(-1)?.atMs ?? null }]}
            trails={[{ deviceId, places }]}
            selected={null}
            onSelect={() => {}}
            label={`Map of ${trail.title}`}
          />
        </div>
      )}
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
