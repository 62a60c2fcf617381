import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RoutingView } from '@viaduct/contracts';
import { routingQuery } from '../../api/routing-client.ts';

/** A change of routing: what it answers is the whole as it is then, so nothing is asked again. */
export function useChangeRouting<T>(change: (asked: T) => Promise<RoutingView>, onDone: (asked: T) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (view, asked) => {
      queryClient.setQueryData(routingQuery.queryKey, view);
      onDone(asked);
    },
  });
}
