import { queryOptions } from '@tanstack/react-query';
import { get } from './request.ts';

interface TemplateChoice {
  readonly templateId: string;
  readonly displayName: string;
  readonly isPublished: boolean;
}

/** Models that a device may have. */
export const templateChoicesQuery = queryOptions({
  queryKey: ['templates', 'choices'],
  queryFn: async () => (await get<readonly TemplateChoice[]>('/templates')).filter(({ isPublished }) => isPublished),
  staleTime: 10_000,
});
