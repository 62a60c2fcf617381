import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { DeviceIdentity, JsonObject } from '@viaduct/contracts';
import { consoleClient } from '../../../api/console-client.ts';
import { twinQuery } from '../../../api/queries.ts';

/** Writes desired properties; the answer is the new twin, shown at once. */
export function usePatchTwin(identity: DeviceIdentity, onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (desired: JsonObject) => consoleClient.patchTwin(identity, desired),
    onSuccess: (twin) => {
      queryClient.setQueryData(twinQuery(identity).queryKey, twin);
      onDone();
    },
  });
}
