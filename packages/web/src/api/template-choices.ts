import { queryOptions } from '@tanstack/react-query';
import type { TemplateRow, TemplateView } from '@viaduct/contracts';
import { get } from './request.ts';

/** Models that a device may have. */
export const templateChoicesQuery = queryOptions({
  queryKey: ['templates', 'choices'],
  queryFn: async () => (await get<readonly TemplateRow[]>('/templates')).filter(({ isPublished }) => isPublished),
  staleTime: 10_000,
});

/** One of them, with all that it says. */
export const templateChoiceQuery = (templateId: string) =>
  queryOptions({
    queryKey: ['templates', 'choices', templateId],
    queryFn: () => get<TemplateView>(`/templates/${encodeURIComponent(templateId)}`),
    staleTime: 60_000,
  });
