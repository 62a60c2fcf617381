import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ViewEdits, ViewEditsPatch, ViewScope } from '@viaduct/contracts';
import { useCallback } from 'react';
import { get, send } from '../api/request.ts';
import { notifyProblem } from '../ui/notify.ts';
import { mergeEdits } from './merge-edits.ts';

export interface ViewOwner {
  readonly scope: ViewScope;
  readonly id: string;
}

const NONE: ViewEdits = { fields: {} };

const viewQuery = ({ scope, id }: ViewOwner) =>
  queryOptions({ queryKey: ['view', scope, id], queryFn: () => get<ViewEdits>(pathOf({ scope, id })) });

export interface ViewLayer {
  readonly edits: ViewEdits;
  readonly edit: (patch: ViewEditsPatch) => void;
  readonly reset: () => void;
}

/** What was changed of a generated view. A change is seen at once, and taken back with a word when the server refuses it. */
export function useViewLayer(owner: ViewOwner | null): ViewLayer {
  const queryClient = useQueryClient();
  const { scope = 'device', id = '' } = owner ?? {};
  const { queryKey } = viewQuery({ scope, id });
  const { data: edits = NONE } = useQuery({ ...viewQuery({ scope, id }), enabled: owner !== null });
  const keep = (next: ViewEdits) => queryClient.setQueryData(queryKey, next);
  const failed = (error: Error) => {
    notifyProblem(error);
    void queryClient.invalidateQueries({ queryKey });
  };
  // One after another, as they were asked for.
  const inTurn = { mutationKey: queryKey, scope: { id: queryKey.join('/') } };
  const patch = useMutation({
    ...inTurn,
    mutationFn: (change: ViewEditsPatch) => send<ViewEdits>('PATCH', pathOf({ scope, id }), change),
    onMutate: (change) => keep(mergeEdits(queryClient.getQueryData(queryKey) ?? NONE, change)),
    // An answer knows nothing of what was asked for after it: only the last one's is kept.
    onSuccess: (answer) => void (queryClient.isMutating(inTurn) === 1 && keep(answer)),
    onError: failed,
  });
  const reset = useMutation({
    ...inTurn,
    mutationFn: () => send<void>('DELETE', pathOf({ scope, id })),
    onMutate: () => keep(NONE),
    onError: failed,
  });
  const { mutate } = patch;
  return {
    edits,
    edit: useCallback((change: ViewEditsPatch) => mutate(change), [mutate]),
    reset: () => reset.mutate(),
  };
}

function pathOf({ scope, id }: ViewOwner): string {
  return `/views/${scope}/${encodeURIComponent(id)}`;
}
