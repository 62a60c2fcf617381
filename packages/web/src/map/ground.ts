import type { Feature, FeatureCollection, MultiLineString } from 'geojson';
import { feature, mesh } from 'topojson-client';
import atlasUrl from 'world-atlas/countries-50m.json?url';

type Atlas = Parameters<typeof mesh>[0] & {
  readonly objects: { readonly countries: NonNullable<Parameters<typeof mesh>[1]> };
};

export interface Ground {
  readonly land: Feature | FeatureCollection;
  readonly borders: MultiLineString;
}

let ground: Promise<Ground> | undefined;

/** Countries of the world, from this server: Natural Earth at 1:50 million. Fetched once. */
export function loadGround(): Promise<Ground> {
  ground ??= fetch(atlasUrl)
    .then((response) => response.json() as Promise<Atlas>)
    .then((atlas) => ({
      land: feature(atlas, atlas.objects.countries),
      borders: mesh(atlas, atlas.objects.countries),
    }));
  ground.catch(() => {
    ground = undefined;
  });
  return ground;
}
