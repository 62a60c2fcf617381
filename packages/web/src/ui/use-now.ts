import { useSyncExternalStore } from 'react';
import { liveHub } from '../live/live-hub.ts';

const listeners = new Set<() => void>();
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function beat(): void {
  if (document.hidden) return;
  nowMs = liveHub.nowMs();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) nowMs = liveHub.nowMs();
  listeners.add(listener);
  timer ??= setInterval(beat, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The server's time, renewed each second while the page is visible: one clock for all ages on the page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}
