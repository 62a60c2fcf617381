import { describe, expect, it } from 'vitest';
import { boundsOf, placesOf, readPlace } from './place.ts';

describe('readPlace', () => {
  it.each([
    [{ lat: 47.6, lon: -122.3, alt: 5 }],
    [{ latitude: 47.6, longitude: -122.3 }],
    [{ type: 'Point', coordinates: [-122.3, 47.6] }],
    ['{"lat":47.6,"lon":-122.3}'],
  ])('reads %j', (value) => {
    expect(readPlace(value)).toEqual({ lat: 47.6, lon: -122.3 });
  });

  it.each([[null], [12], ['somewhere'], ['{lat'], [{ lat: '47', lon: 8 }], [{ lat: 91, lon: 0 }], [{ x: 1 }]])(
    'finds no place in %j',
    (value) => {
      expect(readPlace(value)).toBeUndefined();
    },
  );
});

describe('the places of a device', () => {
  it('are whole, or a latitude and a longitude beside each other', () => {
    const values = new Map<string, unknown>([
      ['temperature', 20],
      ['gps.lat', 52.5],
      ['gps.lon', 13.4],
      ['home', { lat: 1, lon: 2 }],
    ]);
    expect(placesOf(values)).toEqual([
      { name: 'gps', place: { lat: 52.5, lon: 13.4 } },
      { name: 'home', place: { lat: 1, lon: 2 } },
    ]);
  });

  it('have corners', () => {
    expect(
      boundsOf([
        { lat: 1, lon: 5 },
        { lat: -3, lon: 7 },
      ]),
    ).toEqual([
      [5, -3],
      [7, 1],
    ]);
    expect(boundsOf([])).toBeNull();
  });
});
