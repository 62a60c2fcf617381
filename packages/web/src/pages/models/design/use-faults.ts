import type { JsonObject, ModelFault } from '@viaduct/contracts';
import { useEffect, useState } from 'react';
import { templatesClient } from '../../../api/templates-client.ts';

/** One stops typing for this long before the server is asked, ms. */
const PAUSE_MS = 500;
const NONE: readonly ModelFault[] = [];

/** What is wrong with a document while somebody edits it; what was found last, until the server has read it anew. */
export function useFaults(document: JsonObject): readonly ModelFault[] {
  const [faults, setFaults] = useState(NONE);
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      templatesClient.faults(document).then(
        (found) => isCurrent && setFaults(found),
        // The parser is busy, or the server is away: saving says so, and the next step asks again.
        () => undefined,
      );
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [document]);
  return faults;
}
