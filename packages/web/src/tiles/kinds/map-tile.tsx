import { useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { twinQuery } from '../../api/queries.ts';
import { DeviceMap } from '../../map/device-map.tsx';
import { type DevicePlace, readPlace } from '../../map/place.ts';
import { propertyRows } from '../../model/property-rows.ts';
import { findProperty } from '../find-property.ts';
import type { MapConfiguration } from '../tile-configuration.ts';
import { resolveSource } from '../tile-source.ts';
import { TileState } from '../tile-state.tsx';
import { useTileSurroundings } from '../tile-surroundings.ts';
import { useSourceDevices } from '../use-source-devices.ts';
import { FAR_BACK, useTileSeries } from '../use-tile-series.ts';
import { ValueList } from '../value-list.tsx';

interface MapTileProps {
  readonly title: string;
  readonly configuration: MapConfiguration;
}

/** So many of the last places make a trail. Source: Azure IoT Central. */
const TRAIL = 100;

/** Where devices said they are, and where they came from. */
export function MapTelemetryTile({ title, configuration }: MapTileProps) {
  const series = useTileSeries(configuration, { aggregate: 'none', newest: TRAIL, splitBy: 'device', range: FAR_BACK });
  const trails = useMemo(
    () =>
      series.answers.flatMap((answer) =>
        (answer?.lines ?? []).map(({ key, label, times, values }) => {
          const places = values.flatMap((value, index) => {
            const place = readPlace(value);
            return place === undefined ? [] : [{ ...place, deviceId: key, label, atMs: times[index] ?? null }];
          });
          return { deviceId: key, places };
        }),
      ),
    [series.answers],
  );
  const places = useMemo(() => trails.flatMap(({ places: trail }) => trail.slice(-1)), [trails]);
  return (
    <TileState {...series} isEmpty={places.length === 0} empty="Nobody has said where it is.">
      <Places title={title} places={places} trails={trails} zoom={configuration.zoomLevel} />
    </TileState>
  );
}

/** Where devices are by a property of theirs. */
export function MapPropertyTile({ title, configuration }: MapTileProps) {
  const { variables } = useTileSurroundings();
  const resolved = resolveSource(configuration, variables);
  const devices = useSourceDevices(resolved.kind === 'source' ? resolved.source : null);
  const twins = useQueries({ queries: devices.deviceIds.map((deviceId) => twinQuery({ deviceId })) });
  const places = devices.deviceIds.flatMap((deviceId, index): DevicePlace[] => {
    const twin = twins[index]?.data;
    if (twin === undefined) return [];
    const rows = propertyRows(twin, null);
    return (configuration.capabilities ?? []).slice(0, 1).flatMap((capability) => {
      const place = readPlace(findProperty(rows, capability.capability)?.reported);
      return place === undefined ? [] : [{ ...place, deviceId, label: deviceId, atMs: null }];
    });
  });
  const isPending = devices.isPending || twins.some((twin) => twin.isPending);
  return (
    <TileState
      missing={resolved.kind === 'missing' ? resolved.title : null}
      isPending={isPending}
      problem={devices.problem ?? twins.find(({ error }) => error !== null)?.error ?? null}
      isEmpty={places.length === 0}
      empty="No device has a place in this property."
    >
      <Places title={title} places={places} zoom={configuration.zoomLevel} />
    </TileState>
  );
}

interface PlacesProps {
  readonly title: string;
  readonly places: readonly DevicePlace[];
  readonly trails?: Parameters<typeof DeviceMap>[0]['trails'];
  readonly zoom: number | undefined;
}

function Places({ title, places, trails, zoom }: PlacesProps) {
  const [selected, setSelected] = useState<string | null>(null);
  return (
    <>
      <DeviceMap
        label={`Map of ${title}`}
        places={places}
        {...(trails === undefined ? {} : { trails })}
        selected={selected}
        onSelect={setSelected}
        zoom={zoom}
      />
      <ValueList
        caption={title}
        rows={places.map(({ deviceId, label, lat, lon }) => ({
          key: deviceId,
          label,
          text: `${lat.toFixed(4)}, ${lon.toFixed(4)}`,
        }))}
      />
    </>
  );
}
