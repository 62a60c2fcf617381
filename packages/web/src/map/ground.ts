import type { Feature, FeatureCollection, Geometry, MultiLineString } from 'geojson';
import { feature, mesh } from 'topojson-client';
import atlasUrl from 'world-atlas/countries-50m.json?url';
import { unwrapRing } from './unwrap-ring.ts';

type Atlas = Parameters<typeof mesh>[0] & {
  readonly objects: { readonly countries: NonNullable<Parameters<typeof mesh>[1]> };
};

export interface Ground {
  readonly land: FeatureCollection;
  readonly borders: MultiLineString;
}

let ground: Promise<Ground> | undefined;

/** Countries of the world, from this server: Natural Earth at 1:50 million. Fetched once. */
export function loadGround(): Promise<Ground> {
  ground ??= fetch(atlasUrl)
    .then((response) => response.json() as Promise<Atlas>)
    .then((atlas) => ({
      land: landOf(feature(atlas, atlas.objects.countries)),
      borders: mesh(atlas, atlas.objects.countries),
    }));
  ground.catch(() => {
    ground = undefined;
  });
  return ground;
}

function landOf(countries: Feature | FeatureCollection): FeatureCollection {
  const features = countries.type === 'Feature' ? [countries] : countries.features;
  return {
    type: 'FeatureCollection',
    features: features.map((country) => ({ ...country, geometry: unwrapped(country.geometry) })),
  };
}

function unwrapped(geometry: Geometry): Geometry {
  switch (geometry.type) {
    case 'Polygon':
      return { ...geometry, coordinates: geometry.coordinates.map(unwrapRing) };
    case 'MultiPolygon':
      return { ...geometry, coordinates: geometry.coordinates.map((rings) => rings.map(unwrapRing)) };
    default:
      return geometry;
  }
}
