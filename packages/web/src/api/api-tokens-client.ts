import { queryOptions } from '@tanstack/react-query';
import type { ApiTokenView, MadeApiToken, NewApiToken } from '@viaduct/contracts';
import { get, send } from './request.ts';

/** Tokens for programs that ask central. */
export const apiTokensClient = {
  list: () => get<readonly ApiTokenView[]>('/api-tokens'),
  create: (body: NewApiToken) => send<MadeApiToken>('POST', '/api-tokens', body),
  revoke: (tokenId: string) => send<void>('DELETE', `/api-tokens/${encodeURIComponent(tokenId)}`),
};

export const apiTokensQuery = queryOptions({
  queryKey: ['api-tokens'],
  queryFn: () => apiTokensClient.list(),
  // When each was used last.
  refetchInterval: 10_000,
});
