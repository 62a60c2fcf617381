import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Dashboard, type DashboardContent, LIMITS } from '@viaduct/contracts';
import { useCallback, useRef, useState } from 'react';
import { dashboardQuery, dashboardsClient, dashboardsQuery } from '../../api/dashboards-client.ts';
import { ConsoleRefusal } from '../../api/request.ts';
import { notify } from '../../ui/notify.ts';
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
  /** What is here becomes a personal dashboard of its own, and what was saved meanwhile stays. */
  keepCopy(): void;
  /** Who sees it was changed, and not what it holds: what is here is a change of this one now. */
  rebase(saved: Dashboard): void;
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
  const latest = useRef(state);
  const content = state?.content ?? contentOf(dashboard);
  const set = useCallback(
    (next: DraftState | null) => {
      latest.current = next;
      setState(next);
      keepDraft(localStorage, id, next);
    },
    [id],
  );
  const accept = (saved: Dashboard) => {
    client.setQueryData(dashboardQuery(id).queryKey, saved);
    void client.invalidateQueries({ queryKey: dashboardsQuery.queryKey, exact: true });
  };
  const save = useMutation({
    mutationFn: (over: Dashboard) =>
      dashboardsClient.change(id, { ...content, personal: over.personal, etag: over.etag }),
    onMutate: () => content,
    onSuccess: (saved, _over, sent) => {
      const now = latest.current;
      // What was changed while it was on its way is not saved yet.
      set(now === null || now.content === sent ? null : { ...now, etag: saved.etag, past: [sent] });
      accept(saved);
    },
  });
  const discard = () => {
    set(null);
    save.reset();
    return client.invalidateQueries({ queryKey: dashboardQuery(id).queryKey });
  };
  const copy = useMutation({
    mutationFn: () => dashboardsClient.create({ ...content, displayName: copyName(content), personal: true }),
    onSuccess: async ({ displayName }) => {
      await client.invalidateQueries({ queryKey: dashboardsQuery.queryKey, exact: true });
      await discard();
      notify(`Your changes are kept as ${displayName}, a dashboard of your own`);
    },
  });
  const overwrite = useMutation({
    mutationFn: () => dashboardsClient.find(id),
    onSuccess: (now) => save.mutate(now),
  });
  const isRefused = save.error instanceof ConsoleRefusal && save.error.row.http === 412;
  const isConflict = isRefused || (state !== null && state.etag !== dashboard.etag);
  return {
    content,
    isChanged: state !== null,
    canUndo: state !== null,
    isConflict,
    isSaving: save.isPending || copy.isPending || overwrite.isPending,
    error: (isRefused ? null : save.error) ?? copy.error ?? overwrite.error,
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
    discard: () => void discard(),
    save: () => save.mutate({ ...dashboard, etag: state?.etag ?? dashboard.etag }),
    overwrite: () => overwrite.mutate(),
    keepCopy: () => copy.mutate(),
    rebase(saved) {
      if (state !== null) set({ ...state, etag: saved.etag });
      accept(saved);
    },
  };
}

export function contentOf({ displayName, tiles, organizations, extension }: Dashboard): DashboardContent {
  return {
    displayName,
    tiles,
    ...(organizations === undefined ? {} : { organizations }),
    ...(extension === undefined ? {} : { extension }),
  };
}

function copyName({ displayName }: DashboardContent): string {
  const suffix = ' (mine)';
  return `${displayName.slice(0, LIMITS.DASHBOARD_NAME_CHARACTERS_MAX - suffix.length)}${suffix}`;
}
