type Position = readonly number[];

/** Longitudes further apart than this are on either side of the line where the date changes. */
const JUMP_DEGREES = 180;

/**
 * A ring as a flat map draws it: where it crosses the line where the date changes it goes on beyond 180° instead of running back across
 * the whole world, and one that goes around a pole is closed over that pole. Pure.
 */
export function unwrapRing(ring: readonly Position[]): number[][] {
  const unwrapped: number[][] = [];
  let turns = 0;
  let former: number | undefined;
  for (const [lon = 0, lat = 0] of ring) {
    if (former !== undefined && Math.abs(lon - former) > JUMP_DEGREES) turns += lon < former ? 360 : -360;
    former = lon;
    unwrapped.push([lon + turns, lat]);
  }
  const [first, last] = [unwrapped[0], unwrapped.at(-1)];
  if (turns === 0 || first === undefined || last === undefined || first[0] === last[0]) return unwrapped;
  const pole = (first[1] ?? 0) < 0 ? -90 : 90;
  return [...unwrapped, [last[0] ?? 0, pole], [first[0] ?? 0, pole], first];
}
