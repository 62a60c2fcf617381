import { liveHub } from '../live/live-hub.ts';
import { formatAge } from '../ui/format.ts';
import classes from './map.module.css';
import type { DevicePlace } from './place.ts';

/** Who is there and since when; made of elements, never of HTML text. */
export function popupContent({ label, deviceId, lat, lon, atMs }: DevicePlace, onOpen: () => void): HTMLElement {
  const content = document.createElement('div');
  const name = document.createElement('button');
  name.type = 'button';
  name.className = classes.name ?? '';
  name.textContent = label;
  name.addEventListener('click', onOpen);
  content.append(name);
  const lines = [label === deviceId ? '' : deviceId, `${lat.toFixed(5)}, ${lon.toFixed(5)}`, ageOf(atMs)];
  for (const text of lines.filter((line) => line !== '')) {
    const line = document.createElement('div');
    line.className = 'quiet';
    line.textContent = text;
    content.append(line);
  }
  return content;
}

function ageOf(atMs: number | null): string {
  return atMs === null ? '' : formatAge(atMs, liveHub.nowMs());
}
