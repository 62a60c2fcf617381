import { useMemo } from 'react';
import { type SeriesAsk, useSeries } from '../tiles/use-series.ts';
import type { Trail } from './map-canvas.tsx';
import { readPlace } from './place.ts';

/** So many of the last places. Source: Azure IoT Central, points of a map's history. */
const PLACES = 100;
const FAR_BACK = { kind: 'last', duration: 'P30D' } as const;

/** Where a device came from, by the first of these names that it has said. Nothing for nobody. */
export function useTrail(deviceId: string | null, names: readonly string[]): readonly Trail[] {
  const asks = useMemo(
    (): readonly SeriesAsk[] =>
      deviceId === null
        ? []
        : names.map((name) => ({
            source: { kind: 'devices', deviceIds: [deviceId] },
            name,
            aggregate: 'none',
            newest: PLACES,
          })),
    [deviceId, names],
  );
  const { answers } = useSeries(asks, FAR_BACK);
  return useMemo(() => {
    const trails = answers.map((answer) => (answer?.lines[0]?.values ?? []).flatMap((value) => readPlace(value) ?? []));
    const places = trails.find((trail) => trail.length > 1);
    return places === undefined || deviceId === null ? [] : [{ deviceId, places }];
  }, [answers, deviceId]);
}
