import 'maplibre-gl/dist/maplibre-gl.css';
import { ActionIcon, useComputedColorScheme } from '@mantine/core';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import type { FeatureCollection } from 'geojson';
import { type GeoJSONSource, Map as MapLibre, Popup, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { useEffect, useRef, useState } from 'react';
import { loadGround } from './ground.ts';
import classes from './map.module.css';
import { countPicture, mapStyle } from './map-style.ts';
import { boundsOf, type DevicePlace, type Place } from './place.ts';
import { popupContent } from './popup-content.ts';

// A file of this origin: the page's policy refuses workers made of blobs.
setWorkerUrl(workerUrl);

export interface Trail {
  readonly deviceId: string;
  readonly places: readonly Place[];
}

interface MapCanvasProps {
  readonly places: readonly DevicePlace[];
  readonly trails: readonly Trail[];
  /** Shown with its popup, in the middle. */
  readonly selected: string | null;
  readonly onSelect: (deviceId: string | null) => void;
  readonly onOpen: (deviceId: string) => void;
  /** Otherwise so much that all places are in sight. */
  readonly zoom?: number | undefined;
  readonly label: string;
}

const FIT_ZOOM_MAX = 6;
const FIT_PADDING = 60;
const SELECTED_ZOOM = 5.5;

export function MapCanvas(props: MapCanvasProps) {
  const { places, trails, selected, zoom, label } = props;
  const scheme = useComputedColorScheme('light');
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [map, setMap] = useState<MapLibre | null>(null);
  const hasFitted = useRef(false);

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    let made: MapLibre | null = null;
    let isGone = false;
    void loadGround().then((ground) => {
      if (isGone) return;
      made = new MapLibre({
        container: element,
        style: mapStyle(ground, scheme),
        center: [10, 25],
        zoom: 1,
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        touchPitch: false,
      });
      made.setMissingStyleImageResolver((id) => {
        const picture = countPicture(id.replace('count-', ''), scheme);
        if (picture !== null) made?.addImage(id, picture.image, { pixelRatio: picture.pixelRatio });
      });
      // Devices need not wait until the ground is drawn.
      made.on('style.load', () => !isGone && setMap(made));
      listen(made, latest);
    });
    return () => {
      isGone = true;
      setMap(null);
      made?.remove();
    };
  }, [scheme]);

  useEffect(() => {
    const source = map?.getSource<GeoJSONSource>('devices');
    void source?.setData(pointsOf(places));
    if (map === null || hasFitted.current || places.length === 0) return;
    hasFitted.current = true;
    const bounds = boundsOf(places);
    if (bounds !== null) {
      map.fitBounds(bounds, { padding: paddingOf(map), maxZoom: zoom ?? FIT_ZOOM_MAX, animate: false });
    }
    if (zoom !== undefined) map.setZoom(zoom);
  }, [map, places, zoom]);

  useEffect(() => {
    void map?.getSource<GeoJSONSource>('trails')?.setData(linesOf(trails));
  }, [map, trails]);

  const shown = places.find(({ deviceId }) => deviceId === selected);
  const [lat, lon] = [shown?.lat, shown?.lon];
  useEffect(() => {
    if (map === null || lat === undefined || lon === undefined || selected === null) return;
    map.easeTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), SELECTED_ZOOM), duration: 300 });
    const place = latest.current.places.find(({ deviceId }) => deviceId === selected);
    if (place === undefined) return;
    const popup = new Popup({ offset: 12, closeButton: false, focusAfterOpen: false })
      .setLngLat([lon, lat])
      .setDOMContent(popupContent(place, () => latest.current.onOpen(selected)))
      .addTo(map);
    popup.on('close', () => latest.current.selected === selected && latest.current.onSelect(null));
    return () => void popup.remove();
  }, [map, selected, lat, lon]);

  return (
    <section className={classes.canvas} aria-label={label}>
      <div ref={host} className={classes.ground} />
      <div className={classes.zoom}>
        <ActionIcon size={28} variant="default" aria-label="Nearer" onClick={() => map?.zoomIn()}>
          <IconPlus size={16} aria-hidden="true" />
        </ActionIcon>
        <ActionIcon size={28} variant="default" aria-label="Further away" onClick={() => map?.zoomOut()}>
          <IconMinus size={16} aria-hidden="true" />
        </ActionIcon>
      </div>
    </section>
  );
}

/** Around the places, pixels. Where the padding fills the whole map there is no zoom to fit, and the library throws. */
function paddingOf(map: MapLibre): number {
  const { clientWidth, clientHeight } = map.getContainer();
  return Math.min(FIT_PADDING, clientWidth / 4, clientHeight / 4);
}

/** A device is chosen, a cluster is opened. */
function listen(map: MapLibre, latest: { readonly current: MapCanvasProps }): void {
  map.on('click', 'devices', ({ features }) => {
    const deviceId = features?.[0]?.properties.deviceId;
    if (typeof deviceId === 'string') latest.current.onSelect(deviceId);
  });
  map.on('click', 'clusters', ({ features, lngLat }) => {
    const clusterId: unknown = features?.[0]?.properties.cluster_id;
    if (typeof clusterId !== 'number') return;
    const zoom = map.getSource<GeoJSONSource>('devices')?.getClusterExpansionZoom(clusterId);
    void zoom?.then((apart) => map.easeTo({ center: lngLat, zoom: apart + 0.2 }));
  });
  for (const layer of ['devices', 'clusters']) {
    map.on('mouseenter', layer, () => {
      map.getCanvas().style.cursor = 'pointer';
    });
    map.on('mouseleave', layer, () => {
      map.getCanvas().style.cursor = '';
    });
  }
}

function pointsOf(places: readonly DevicePlace[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: places.map(({ deviceId, label, lat, lon }) => ({
      type: 'Feature',
      properties: { deviceId, label },
      geometry: { type: 'Point', coordinates: [lon, lat] },
    })),
  };
}

function linesOf(trails: readonly Trail[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: trails.map(({ deviceId, places }) => ({
      type: 'Feature',
      properties: { deviceId },
      geometry: { type: 'LineString', coordinates: places.map(({ lat, lon }) => [lon, lat]) },
    })),
  };
}
