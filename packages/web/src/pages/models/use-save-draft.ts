import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { JsonObject, TemplateView } from '@viaduct/contracts';
import { templateQuery, templatesClient } from '../../api/templates-client.ts';

/** Saves what one works on; devices see it once it is published. */
export function useSaveDraft({ templateId, etag }: TemplateView) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (document: JsonObject) => templatesClient.saveDraft(templateId, document, etag),
    onSuccess: (saved) => {
      queryClient.setQueryData(templateQuery(templateId).queryKey, saved);
      void queryClient.invalidateQueries({ queryKey: ['templates', 'list'] });
    },
  });
}
