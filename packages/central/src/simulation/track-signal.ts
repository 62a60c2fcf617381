import type { SeededRandom } from './seeded-random.ts';
import type { Moment } from './signal.ts';

export interface Place {
  readonly lat: number;
  readonly lon: number;
  readonly alt: number;
}

/** Where simulated devices begin: places with streets around, all over the world. */
const HOMES: readonly [Place, ...Place[]] = [
  { lat: 48.137, lon: 11.575, alt: 519 },
  { lat: 52.52, lon: 13.405, alt: 34 },
  { lat: 51.507, lon: -0.128, alt: 11 },
  { lat: 40.417, lon: -3.704, alt: 657 },
  { lat: 47.606, lon: -122.332, alt: 53 },
  { lat: 41.878, lon: -87.63, alt: 181 },
  { lat: -23.551, lon: -46.633, alt: 760 },
  { lat: 1.352, lon: 103.82, alt: 15 },
  { lat: 35.677, lon: 139.65, alt: 40 },
  { lat: -33.869, lon: 151.209, alt: 58 },
];

/** Degrees that a device strays from its home, and metres a second at full load. */
const RADIUS_DEGREES = 0.15;
const SPEED_MAX = 14;
const METRES_PER_DEGREE = 111_320;
/** A pause in talking, as when the server was stopped, is no long journey. */
const STEP_SECONDS_MAX = 120;

/** A way about a home: straight on with small turns, back when it went too far, at rest when there is little to do. */
export function trackSignal(random: SeededRandom): (moment: Moment) => Place {
  const home = random.pick(HOMES);
  let lat = home.lat + random.between(-RADIUS_DEGREES, RADIUS_DEGREES);
  let lon = home.lon + random.between(-RADIUS_DEGREES, RADIUS_DEGREES);
  let heading = random.between(0, 2 * Math.PI);
  let before: number | undefined;
  return ({ time, load }) => {
    const seconds = Math.max(0, Math.min(STEP_SECONDS_MAX, (time - (before ?? time)) / 1_000));
    before = time;
    heading += 0.25 * random.normal();
    const isFarOut = Math.hypot(lat - home.lat, lon - home.lon) > RADIUS_DEGREES;
    if (isFarOut) heading = Math.atan2(home.lon - lon, home.lat - lat);
    const degrees = (load < 0.25 ? 0 : load * SPEED_MAX * seconds) / METRES_PER_DEGREE;
    lat += degrees * Math.cos(heading);
    lon += (degrees * Math.sin(heading)) / Math.cos((lat * Math.PI) / 180);
    return { lat: round(lat, 6), lon: round(lon, 6), alt: round(home.alt + 4 * random.normal(), 1) };
  };
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
