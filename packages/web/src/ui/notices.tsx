import { lazy, Suspense, useSyncExternalStore } from 'react';
import { areNoticesWanted, onNoticesWanted } from './notify.ts';

const Notifications = lazy(async () => ({ default: (await import('@mantine/notifications')).Notifications }));

/** Where notices appear, once there is one. */
export function Notices() {
  const isWanted = useSyncExternalStore(onNoticesWanted, areNoticesWanted);
  return isWanted ? (
    <Suspense>
      <Notifications position="bottom-right" limit={3} autoClose={6_000} />
    </Suspense>
  ) : null;
}
