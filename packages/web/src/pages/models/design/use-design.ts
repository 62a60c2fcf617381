import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { JsonObject, TemplateView } from '@viaduct/contracts';
import { useEffect, useRef, useState } from 'react';
import { templateQuery, templatesClient } from '../../../api/templates-client.ts';
import { type EditHistory, redo, startHistory, step, undo } from './edit-history.ts';

export type Change = (document: JsonObject) => JsonObject;

export interface Design {
  readonly document: JsonObject;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** The draft is what one sees. */
  readonly isSaved: boolean;
  readonly isSaving: boolean;
  /** Why the last step is not saved; `etag.mismatch` where somebody else changed the model. */
  readonly error: unknown;
  /** One step, from what there is when it is made. */
  apply(change: Change): void;
  undo(): void;
  redo(): void;
  /** Saves what one sees over what somebody else saved, or once more. */
  keepMine(): void;
  takeTheirs(): void;
}

/**
 * A draft under one's hands: each step is saved, one after the other, under the etag of the step before, and can be undone.
 *
 * @param isBusy a form is open: what somebody else saves waits until it is closed, or until one's own step is refused
 */
export function useDesign(template: TemplateView, isBusy: boolean): Design {
  const { templateId } = template;
  const queryClient = useQueryClient();
  const [history, setHistory] = useState<EditHistory<JsonObject>>(() => startHistory(documentOf(template)));
  const etag = useRef(template.etag);
  /** Newer than what is drawn, where two steps come at once. */
  const latest = useRef(history);
  const save = useMutation({
    scope: { id: `draft of ${templateId}` },
    mutationFn: (document: JsonObject) => templatesClient.saveDraft(templateId, document, etag.current),
    onSuccess: (saved) => {
      etag.current = saved.etag;
      queryClient.setQueryData(templateQuery(templateId).queryKey, saved);
      void queryClient.invalidateQueries({ queryKey: ['templates', 'list'] });
    },
  });
  const restart = (theirs: TemplateView) => {
    etag.current = theirs.etag;
    latest.current = startHistory(documentOf(theirs));
    setHistory(latest.current);
    save.reset();
  };
  const isQuiet = !isBusy && save.status !== 'pending' && save.status !== 'error';
  const restartWith = useRef(restart);
  restartWith.current = restart;
  useEffect(() => {
    // Somebody published, discarded or saved elsewhere.
    if (isQuiet && template.etag !== etag.current) restartWith.current(template);
  }, [template, isQuiet]);
  const turn = (next: EditHistory<JsonObject>) => {
    if (next === latest.current) return;
    latest.current = next;
    setHistory(next);
    save.mutate(next.present);
  };
  const refetched = () => queryClient.fetchQuery({ ...templateQuery(templateId), staleTime: 0 });
  return {
    document: history.present,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    isSaved: save.status === 'success' || save.status === 'idle',
    isSaving: save.isPending,
    error: save.error,
    apply: (change) => turn(step(latest.current, change(latest.current.present))),
    undo: () => turn(undo(latest.current)),
    redo: () => turn(redo(latest.current)),
    keepMine: () =>
      void refetched().then((theirs) => {
        etag.current = theirs.etag;
        save.mutate(latest.current.present);
      }),
    takeTheirs: () => void refetched().then(restart),
  };
}

function documentOf({ draft, document }: TemplateView): JsonObject {
  return draft ?? document;
}
