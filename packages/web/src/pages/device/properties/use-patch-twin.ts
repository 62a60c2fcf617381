import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { DeviceIdentity, JsonObject } from '@viaduct/contracts';
import { consoleClient } from '../../../api/console-client.ts';
import { twinQuery } from '../../../api/queries.ts';
import { liveHub } from '../../../live/live-hub.ts';
import { newerTwin } from '../../../model/newer-twin.ts';
import { withDesired } from '../../../model/with-desired.ts';

/** Writes desired properties. What was asked is shown at once, and taken back when the server refuses it. */
export function usePatchTwin(identity: DeviceIdentity, onDone: () => void) {
  const queryClient = useQueryClient();
  const { queryKey } = twinQuery(identity);
  return useMutation({
    mutationFn: (desired: JsonObject) => consoleClient.patchTwin(identity, desired),
    onMutate: async (desired) => {
      await queryClient.cancelQueries({ queryKey });
      const before = queryClient.getQueryData(queryKey);
      if (before !== undefined) queryClient.setQueryData(queryKey, withDesired(before, desired, liveHub.nowMs()));
      return before;
    },
    onError: (_error, _desired, before) => {
      if (before !== undefined) queryClient.setQueryData(queryKey, before);
    },
    onSuccess: (twin) => {
      queryClient.setQueryData(queryKey, (shown) => newerTwin(shown, twin));
      onDone();
    },
  });
}
