import { Skeleton } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Fence } from '../ui/fence.tsx';
import classes from './map.module.css';
import type { Trail } from './map-canvas.tsx';
import type { DevicePlace } from './place.ts';

const Canvas = lazy(() => import('./map-canvas.tsx').then(({ MapCanvas }) => ({ default: MapCanvas })));

interface DeviceMapProps {
  readonly places: readonly DevicePlace[];
  readonly trails?: readonly Trail[];
  readonly selected: string | null;
  readonly onSelect: (deviceId: string | null) => void;
  readonly zoom?: number | undefined;
  readonly label: string;
}

const NO_TRAILS: readonly Trail[] = [];

/** Devices on a map of this server, without anybody else's tiles. The same places are a list, for the keyboard and for who does not see the map. */
export function DeviceMap({ trails = NO_TRAILS, ...props }: DeviceMapProps) {
  const navigate = useNavigate();
  const open = (deviceId: string) => void navigate({ to: '/devices/$deviceId', params: { deviceId } });
  if (!canDraw()) {
    return (
      <p className={classes.note}>This browser draws no maps, for WebGL is switched off. The places are in the list.</p>
    );
  }
  return (
    <Fence>
      <Suspense fallback={<Skeleton className={classes.canvas} />}>
        <Canvas trails={trails} onOpen={open} {...props} />
      </Suspense>
    </Fence>
  );
}

let isAble: boolean | undefined;

function canDraw(): boolean {
  isAble ??= document.createElement('canvas').getContext('webgl2') !== null;
  return isAble;
}
