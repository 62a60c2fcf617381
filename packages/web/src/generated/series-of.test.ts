import { expect, it } from 'vitest';
import { seriesOf } from './series-of.ts';

it('names what a module said with its id before it, and what a device said by component and path', () => {
  const of = (moduleId: string | null, component: string | null) =>
    seriesOf({ deviceId: 'd1', moduleId }, component, ['position', 'lat']);
  expect(of(null, 'gps')).toMatchObject({ component: 'gps', name: 'position.lat' });
  expect(of('camera', null)).toMatchObject({ component: null, name: 'camera.position.lat' });
  expect(of('camera', 'gps')).toMatchObject({ component: null, name: 'camera.gps.position.lat' });
});
