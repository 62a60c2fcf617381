import type { SeriesRequest } from '@viaduct/contracts';
import type { FeedView } from '../live/use-device-feed.ts';

/** By which name the history knows what a device, or a module of it, said: that of a module has its id before it. Pure. */
export function seriesOf(
  { deviceId, moduleId }: Pick<FeedView, 'deviceId' | 'moduleId'>,
  component: string | null,
  path: readonly string[],
): Pick<SeriesRequest, 'source' | 'component' | 'name'> {
  const source = { kind: 'devices', deviceIds: [deviceId] } as const;
  if (moduleId === null) return { source, component, name: path.join('.') };
  return { source, component: null, name: [moduleId, ...(component === null ? [] : [component]), ...path].join('.') };
}
