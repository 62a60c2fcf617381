import type { DeviceDetail, DeviceIdentity, ModelSummary } from '@viaduct/contracts';
import { HubError } from '@viaduct/contracts';
import { createContext, use } from 'react';
import type { FeedView } from '../../live/use-device-feed.ts';

/** What the tabs of a device page share. */
export interface DeviceScope {
  readonly device: DeviceDetail;
  readonly view: FeedView;
  readonly paused: boolean;
  readonly setPaused: (paused: boolean) => void;
}

export const DeviceContext = createContext<DeviceScope | null>(null);

export function useDeviceScope(): DeviceScope {
  const scope = use(DeviceContext);
  if (scope === null) throw new HubError('server.fault', 'a device tab was drawn outside of its device page');
  return scope;
}

/** Whom a tab is about that devices and modules have alike. */
export interface IdentityScope {
  readonly identity: DeviceIdentity;
  readonly connected: boolean;
  readonly model: ModelSummary | null;
  /** Of what no live event tells, modules for one: how often to ask again, ms; false for what the stream keeps true. */
  readonly refreshMs: number | false;
}

export const IdentityContext = createContext<IdentityScope | null>(null);

export function useIdentityScope(): IdentityScope {
  const scope = use(IdentityContext);
  if (scope === null) throw new HubError('server.fault', 'a tab was drawn outside of the page of a device or module');
  return scope;
}
