import { type RefObject, useLayoutEffect, useState } from 'react';
import type { MapLine } from './map-lines.ts';

export interface MapPath extends MapLine {
  /** Of an SVG that covers the picture. */
  readonly d: string;
}

/** Where the lines run, measured from the boxes; nothing where the boxes stand below one another. */
export function useMapPaths(picture: RefObject<HTMLElement | null>, lines: readonly MapLine[]): readonly MapPath[] {
  const [paths, setPaths] = useState<readonly MapPath[]>([]);
  useLayoutEffect(() => {
    const element = picture.current;
    if (element === null) return;
    const measure = () => setPaths(pathsWithin(element, lines));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [picture, lines]);
  return paths;
}

function pathsWithin(picture: HTMLElement, lines: readonly MapLine[]): readonly MapPath[] {
  const origin = picture.getBoundingClientRect();
  const boxes = new Map<string, DOMRect>();
  for (const box of picture.querySelectorAll<HTMLElement>('[data-node]')) {
    boxes.set(box.dataset.node ?? '', box.getBoundingClientRect());
  }
  return lines.flatMap((line) => {
    const [from, to] = [boxes.get(line.from), boxes.get(line.to)];
    if (from === undefined || to === undefined || to.left < from.right) return [];
    const [x1, y1] = [from.right - origin.left, from.top + from.height / 2 - origin.top];
    const [x2, y2] = [to.left - origin.left, to.top + to.height / 2 - origin.top];
    const bend = (x2 - x1) / 2;
    return [{ ...line, d: `M ${x1} ${y1} C ${x1 + bend} ${y1}, ${x2 - bend} ${y2}, ${x2} ${y2}` }];
  });
}
