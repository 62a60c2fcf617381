import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceSearch, devicesSearch, safeReturnPath } from './search-params.ts';

describe('search parameters', () => {
  it('drop what they do not know and keep what they do', () => {
    expect(deviceSearch({ time: 'PT15M', paused: true, other: 1 })).toEqual({ time: 'PT15M', paused: true });
    expect(deviceSearch({ time: 'soon', paused: 'maybe' })).toEqual({});
    expect(devicesSearch({ search: 42, state: 'gone', orderBy: 'id', order: 'desc' })).toEqual({
      search: '42',
      orderBy: 'id',
      order: 'desc',
    });
  });
});

describe('safeReturnPath', () => {
  it('leads back into the console', () => {
    expect(safeReturnPath('/console/devices/d1?window=15')).toBe('/devices/d1?window=15');
    expect(safeReturnPath('/devices')).toBe('/devices');
    expect(safeReturnPath(undefined)).toBe('/');
  });

  it('never leads to another site', () => {
    for (const evil of [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      '/console//evil.example',
      'javascript:1',
    ]) {
      expect(safeReturnPath(evil)).toBe('/');
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        const url = new URL(`/console${safeReturnPath(text)}`, 'https://hub.local');
        expect(url.origin).toBe('https://hub.local');
      }),
    );
  });
});
