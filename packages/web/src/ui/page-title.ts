import { useEffect } from 'react';

/** Names the page in the tab and for screen readers, most particular part first. */
export function usePageTitle(...parts: readonly string[]): void {
  const title = [...parts, 'Viaduct'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
