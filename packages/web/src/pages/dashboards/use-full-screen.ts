import { useEffect, useState } from 'react';

/**
 * The whole document on the whole screen, for walls and tablets; the page then covers everything else of it. Menus and dialogs stand beside
 * the page in the document: with the page alone on the screen, nobody would see them.
 */
export function useFullScreen() {
  const [isFull, setFull] = useState(false);
  useEffect(() => {
    const notice = () => setFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', notice);
    return () => {
      document.removeEventListener('fullscreenchange', notice);
      // Whoever leaves the page leaves the screen to others.
      if (document.fullscreenElement !== null) void document.exitFullscreen();
    };
  }, []);
  const toggle = () => {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    else void document.documentElement.requestFullscreen();
  };
  return { isFull, toggle };
}
