import type { FleetQueryPage, NewSavedQuery, QueryVocabulary, SavedQuery } from '@viaduct/contracts';
import { get, send } from './request.ts';

/** Asking the fleet, and the questions that were kept. */
export const queryClientApi = {
  vocabulary: () => get<QueryVocabulary>('/query/vocabulary'),
  run: (query: string, limit: number, continuation?: string) =>
    send<FleetQueryPage>('POST', '/query', { query, limit, ...(continuation === undefined ? {} : { continuation }) }),
  saved: () => get<readonly SavedQuery[]>('/saved-queries'),
  save: (body: NewSavedQuery) => send<SavedQuery>('POST', '/saved-queries', body),
  change: (id: number, body: NewSavedQuery) => send<SavedQuery>('PUT', `/saved-queries/${id}`, body),
  remove: (id: number) => send<void>('DELETE', `/saved-queries/${id}`),
};
