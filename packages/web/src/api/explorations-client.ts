import { queryOptions } from '@tanstack/react-query';
import type { Exploration, NewExploration } from '@viaduct/contracts';
import { get, send } from './request.ts';

const pathOf = (id: string) => `/explorations/${encodeURIComponent(id)}`;

export const explorationsClient = {
  save: (body: NewExploration) => send<Exploration>('POST', '/explorations', body),
  change: (id: string, body: NewExploration) => send<Exploration>('PUT', pathOf(id), body),
  remove: (id: string) => send<void>('DELETE', pathOf(id)),
};

export const explorationsQuery = queryOptions({
  queryKey: ['explorations'],
  queryFn: () => get<readonly Exploration[]>('/explorations'),
});

export const explorationQuery = (id: string) =>
  queryOptions({ queryKey: ['explorations', id], queryFn: () => get<Exploration>(pathOf(id)), retry: false });
