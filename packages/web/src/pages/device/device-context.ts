import type { DeviceDetail } from '@viaduct/contracts';
import { HubError } from '@viaduct/contracts';
import { createContext, use } from 'react';
import type { FeedView } from '../../live/use-device-feed.ts';
import type { WindowMinutes } from '../../ui/search-params.ts';

/** What the tabs of a device page share. */
export interface DeviceScope {
  readonly device: DeviceDetail;
  readonly view: FeedView;
  readonly windowMinutes: WindowMinutes;
  readonly paused: boolean;
  readonly setWindow: (minutes: WindowMinutes) => void;
  readonly setPaused: (paused: boolean) => void;
}

export const DeviceContext = createContext<DeviceScope | null>(null);

export function useDeviceScope(): DeviceScope {
  const scope = use(DeviceContext);
  if (scope === null) throw new HubError('server.fault', 'a device tab was drawn outside of its device page');
  return scope;
}
