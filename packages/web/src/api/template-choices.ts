import { queryOptions } from '@tanstack/react-query';
import type { TemplateRow } from '@viaduct/contracts';
import { templatesQuery } from './templates-client.ts';

/** Models that a device may have: those that are published. */
export const templateChoicesQuery = queryOptions({
  ...templatesQuery,
  select: (templates: readonly TemplateRow[]) => templates.filter(({ isPublished }) => isPublished),
});
