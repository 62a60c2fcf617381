import type { FeatureCollection } from 'geojson';
import type { StyleSpecification } from 'maplibre-gl';
import { CHART_STYLES } from '../charts/chart-style.ts';
import type { Ground } from './ground.ts';

type Scheme = 'light' | 'dark';

const COLOURS = {
  light: { sea: '#dfe9ec', land: '#f7f6f1', border: '#c3cbc6', ring: '#ffffff' },
  dark: { sea: '#0c1415', land: '#1c2625', border: '#3a4947', ring: '#0c1415' },
} as const;

/** Points nearer than this, in pixels, are one. */
const CLUSTER_PIXELS = 44;
const CLUSTER_ZOOM_MAX = 14;

const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Land, borders, trails, devices. No letters, so no fonts from elsewhere: counts are pictures that the page draws. */
export function mapStyle({ land, borders }: Ground, scheme: Scheme): StyleSpecification {
  const colours = COLOURS[scheme];
  const accent = CHART_STYLES[scheme].lines[0] ?? '#0e7a6e';
  return {
    version: 8,
    sources: {
      land: { type: 'geojson', data: land },
      borders: { type: 'geojson', data: { type: 'Feature', properties: {}, geometry: borders } },
      trails: { type: 'geojson', data: EMPTY },
      devices: {
        type: 'geojson',
        data: EMPTY,
        cluster: true,
        clusterRadius: CLUSTER_PIXELS,
        clusterMaxZoom: CLUSTER_ZOOM_MAX,
      },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': colours.sea } },
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': colours.land } },
      { id: 'borders', type: 'line', source: 'borders', paint: { 'line-color': colours.border, 'line-width': 0.8 } },
      {
        id: 'trails',
        type: 'line',
        source: 'trails',
        paint: { 'line-color': accent, 'line-width': 2, 'line-opacity': 0.7 },
      },
      {
        id: 'devices',
        type: 'circle',
        source: 'devices',
        filter: ['!', ['has', 'point_count']],
        paint: {
          'circle-radius': 7,
          'circle-color': accent,
          'circle-stroke-width': 2,
          'circle-stroke-color': colours.ring,
        },
      },
      {
        id: 'clusters',
        type: 'symbol',
        source: 'devices',
        filter: ['has', 'point_count'],
        layout: {
          'icon-image': ['concat', 'count-', ['get', 'point_count_abbreviated']],
          'icon-allow-overlap': true,
        },
      },
    ],
  };
}

const PICTURE_PIXELS = 40;
const PIXEL_RATIO = 2;

/** The picture of a cluster: a disc with its count. */
export function countPicture(
  count: string,
  scheme: Scheme,
): { readonly image: ImageData; readonly pixelRatio: number } | null {
  const size = PICTURE_PIXELS * PIXEL_RATIO;
  const context = new OffscreenCanvas(size, size).getContext('2d');
  if (context === null) return null;
  context.fillStyle = CHART_STYLES[scheme].lines[0] ?? '#0e7a6e';
  context.strokeStyle = COLOURS[scheme].ring;
  context.lineWidth = 3 * PIXEL_RATIO;
  context.beginPath();
  context.arc(size / 2, size / 2, size / 2 - 4, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  context.fillStyle = scheme === 'light' ? '#ffffff' : '#0f1514';
  context.font = `600 ${13 * PIXEL_RATIO}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(count, size / 2, size / 2 + PIXEL_RATIO);
  return { image: context.getImageData(0, 0, size, size), pixelRatio: PIXEL_RATIO };
}
