import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Dashboard, DashboardContent } from '@viaduct/contracts';
import { useCallback, useState } from 'react';
import { dashboardQuery, dashboardsClient, dashboardsQuery } from '../../api/dashboards-client.ts';
import { ConsoleRefusal } from '../../api/request.ts';
import { keepDraft, readDraft } from './draft-store.ts';

interface DraftState {
  readonly etag: string;
  readonly content: DashboardContent;
  /** What it was before each change, oldest first. */
  readonly past: readonly DashboardContent[];
}

export interface Draft {
  readonly content: DashboardContent;
  readonly isChanged: boolean;
  readonly canUndo: boolean;
  /** Somebody else saved it since it was read here. */
  readonly isConflict: boolean;
  readonly isSaving: boolean;
  readonly error: Error | null;
  change(next: Partial<DashboardContent>): void;
  undo(): void;
  /** Back to what is saved. */
  discard(): void;
  save(): void;
  /** What is here counts, whatever was saved meanwhile. */
  overwrite(): void;
}

const UNDO_MAX = 50;

/** A dashboard as it is being changed; kept in the browser at every step, sent when it is saved. */
export function useDraft(dashboard: Dashboard): Draft {
  const { id } = dashboard;
  const client = useQueryClient();
  const [state, setState] = useState<DraftState | null>(() => {
    const kept = readDraft(localStorage, id);
    return kept === null ? null : { ...kept, past: [contentOf(dashboard)] };
  });
  const content = state?.content ?? contentOf(dashboard);
  const set = useCallback(
    (next: DraftState | null) => {
      setState(next);
      keepDraft(localStorage, id, next);
    },
    [id],
  );
  const save = useMutation({
    mutationFn: (etag: string) => dashboardsClient.change(id, { ...content, personal: dashboard.personal, etag }),
    onSuccess: (saved) => {
      set(null);
      client.setQueryData(dashboardQuery(id).queryKey, saved);
      void client.invalidateQueries({ queryKey: dashboardsQuery.queryKey, exact: true });
    },
  });
  const isRefused = save.error instanceof ConsoleRefusal && save.error.row.http === 412;
  const isConflict = isRefused || (state !== null && state.etag !== dashboard.etag);
  return {
    content,
    isChanged: state !== null,
    canUndo: state !== null,
    isConflict,
    isSaving: save.isPending,
    error: isRefused ? null : save.error,
    change(next) {
      const past = [...(state?.past ?? []), content].slice(-UNDO_MAX);
      set({ etag: state?.etag ?? dashboard.etag, content: { ...content, ...next }, past });
    },
    undo() {
      const former = state?.past.at(-1);
      if (state === null || former === undefined) return;
      const past = state.past.slice(0, -1);
      set(past.length === 0 ? null : { ...state, content: former, past });
    },
    discard() {
      set(null);
      save.reset();
      void client.invalidateQueries({ queryKey: dashboardQuery(id).queryKey });
    },
    save: () => save.mutate(state?.etag ?? dashboard.etag),
    async overwrite() {
      const now = await dashboardsClient.find(id);
      save.mutate(now.etag);
    },
  };
}

function contentOf({ displayName, tiles, organizations, extension }: Dashboard): DashboardContent {
  return {
    displayName,
    tiles,
    ...(organizations === undefined ? {} : { organizations }),
    ...(extension === undefined ? {} : { extension }),
  };
}
