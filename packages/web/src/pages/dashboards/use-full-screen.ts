import { type RefObject, useEffect, useState } from 'react';

/** Shows an element alone on the screen: for walls and tablets. */
export function useFullScreen(element: RefObject<HTMLElement | null>) {
  const [isFull, setFull] = useState(false);
  useEffect(() => {
    const notice = () => setFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', notice);
    return () => document.removeEventListener('fullscreenchange', notice);
  }, []);
  const toggle = () => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    else void element.current?.requestFullscreen();
  };
  return { isFull, toggle };
}
