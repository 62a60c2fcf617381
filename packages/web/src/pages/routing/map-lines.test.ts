import type { RoutingView } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { mapLines, sourcesShown } from './map-lines.ts';

const view = {
  routes: [
    { name: 'alarms', source: 'DeviceMessages', condition: 'true', endpointNames: ['hook', 'events'], isEnabled: true },
    { name: 'twins', source: 'TwinChangeEvents', condition: 'true', endpointNames: ['hook'], isEnabled: false },
  ],
  endpoints: [{ name: 'hook', isPaused: true }],
  fallbackRoute: { isEnabled: true },
} as unknown as RoutingView;

describe('the picture of routing', () => {
  it('leads from sources over routes to endpoints, the fallback too', () => {
    expect(mapLines(view)).toEqual([
      { from: 'source:DeviceMessages', to: 'route:alarms', isIdle: false },
      { from: 'route:alarms', to: 'endpoint:hook', isIdle: true },
      { from: 'route:alarms', to: 'endpoint:events', isIdle: false },
      { from: 'source:TwinChangeEvents', to: 'route:twins', isIdle: true },
      { from: 'route:twins', to: 'endpoint:hook', isIdle: true },
      { from: 'source:DeviceMessages', to: 'route:fallback', isIdle: false },
      { from: 'route:fallback', to: 'endpoint:events', isIdle: false },
    ]);
  });

  it('shows each source once, telemetry always', () => {
    expect(sourcesShown(view)).toEqual(['DeviceMessages', 'TwinChangeEvents']);
    expect(sourcesShown({ routes: [] })).toEqual(['DeviceMessages']);
  });
});
