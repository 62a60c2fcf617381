import { queryOptions } from '@tanstack/react-query';
import type { AccessTokenView, MadeAccessToken, NewAccessToken } from '@viaduct/contracts';
import { get, send } from './request.ts';

/** Tokens with roles, for back ends that speak REST. */
export const tokensClient = {
  list: () => get<readonly AccessTokenView[]>('/access-tokens'),
  create: (body: NewAccessToken) => send<MadeAccessToken>('POST', '/access-tokens', body),
  revoke: (name: string) => send<void>('DELETE', `/access-tokens/${encodeURIComponent(name)}`),
};

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: () => tokensClient.list(),
  // When each was used last.
  refetchInterval: 10_000,
});
