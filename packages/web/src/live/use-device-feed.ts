import type { ModelSummary } from '@viaduct/contracts';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { DeviceFeed } from './device-feed.ts';
import { frames, liveHub } from './live-hub.ts';

/** How far back the page of a device hears by itself; for what is longer ago, the history is asked. */
export const LIVE_SECONDS = 600;

/** A feed and when it was last worth drawing: at most one change an animation frame. */
export class FeedView {
  readonly deviceId: string;
  /** Null: of the device itself. */
  readonly moduleId: string | null;
  readonly model: ModelSummary | null;
  readonly feed: DeviceFeed;
  #drawn = 0;
  readonly #listeners = new Set<() => void>();

  constructor(
    deviceId: string,
    model: ModelSummary | null,
    onPublish: (view: FeedView) => void,
    moduleId: string | null = null,
  ) {
    const publish = (): void => {
      this.#drawn += 1;
      onPublish(this);
      for (const listener of this.#listeners) listener();
    };
    this.deviceId = deviceId;
    this.moduleId = moduleId;
    this.model = model;
    this.feed = new DeviceFeed(deviceId, model, () => frames.ask(publish), moduleId);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly drawn = (): number => this.#drawn;
}

/**
 * Listens to a device, history included; to nothing while `deviceId` is null. Asking for more history opens the stream
 * anew; what is on screen stays until the longer history is complete.
 */
export function useDeviceFeed(
  deviceId: string | null,
  model: ModelSummary | null,
  sinceSeconds: number,
): FeedView | null {
  const [view, setView] = useState<FeedView | null>(null);

  useEffect(() => {
    if (deviceId === null) return;
    const next = new FeedView(deviceId, model, (ready) => ready.feed.isCaughtUp && setView(ready));
    const unsubscribe = liveHub.subscribe((event) => next.feed.take(event));
    const leave = liveHub.enter({ deviceId, sinceSeconds });
    setView((shown) => (shown?.deviceId === deviceId && shown.model === model ? shown : next));
    return () => {
      leave();
      unsubscribe();
    };
  }, [deviceId, model, sinceSeconds]);

  return view !== null && view.deviceId === deviceId && view.model === model ? view : null;
}

/** What a module of a device says, of what is heard of the device: what was heard already, and what comes. */
export function useModuleFeed(device: FeedView, moduleId: string, model: ModelSummary | null): FeedView | null {
  const [view, setView] = useState<FeedView | null>(null);

  useEffect(() => {
    const next = new FeedView(device.deviceId, model, () => {}, moduleId);
    for (const message of device.feed.messages) next.feed.take({ kind: 'telemetry', ...message });
    if (device.feed.isCaughtUp) next.feed.take({ kind: 'caughtUp' });
    setView(next);
    return liveHub.subscribe((event) => void next.feed.take(event));
  }, [device, moduleId, model]);

  return view?.moduleId === moduleId && view.deviceId === device.deviceId ? view : null;
}

/** Draws again when the feed has something new. */
export function useFeedVersion(view: FeedView): number {
  return useSyncExternalStore(view.subscribe, view.drawn);
}

/** Listens to the fleet: presence of every device and counters each second; and who asks to be provisioned, if wanted. */
export function useFleetStream({ attempts = false }: { readonly attempts?: boolean } = {}): void {
  useEffect(() => liveHub.enter({ deviceId: null, sinceSeconds: 0, attempts }), [attempts]);
}
