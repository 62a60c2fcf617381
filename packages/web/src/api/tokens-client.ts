import { queryOptions } from '@tanstack/react-query';
import type {
  AccessRole,
  AccessTokenView,
  ApiRole,
  ApiTokenView,
  MadeAccessToken,
  MadeApiToken,
} from '@viaduct/contracts';
import { get, send } from './request.ts';

/** A token that was made, of either kind; `name` is unique among its kind. */
export type Token<Role> = Omit<AccessTokenView, 'role'> & { readonly role: Role };

export interface TokensClient<Role> {
  /** The path, and with it the key of what was read. */
  readonly path: string;
  readonly list: () => Promise<readonly Token<Role>[]>;
  /** The answer is the only one that has the token itself. */
  readonly create: (asked: {
    readonly name: string;
    readonly role: Role;
    readonly expiresInDays: number;
  }) => Promise<{ readonly token: string }>;
  readonly revoke: (name: string) => Promise<void>;
}

const revokeAt = (path: string) => (name: string) => send<void>('DELETE', `${path}/${encodeURIComponent(name)}`);

/** Tokens with roles, for back ends that speak REST. */
export const accessTokensClient: TokensClient<AccessRole> = {
  path: '/access-tokens',
  list: () => get<readonly AccessTokenView[]>('/access-tokens'),
  create: (asked) => send<MadeAccessToken>('POST', '/access-tokens', asked),
  revoke: revokeAt('/access-tokens'),
};

/** Tokens for programs that ask central. */
export const apiTokensClient: TokensClient<ApiRole> = {
  path: '/api-tokens',
  list: async () =>
    (await get<readonly ApiTokenView[]>('/api-tokens')).map(({ tokenId, ...token }) => ({ ...token, name: tokenId })),
  create: ({ name, ...asked }) => send<MadeApiToken>('POST', '/api-tokens', { ...asked, tokenId: name }),
  revoke: revokeAt('/api-tokens'),
};

export const tokensQuery = <Role>({ path, list }: TokensClient<Role>) =>
  queryOptions({
    queryKey: ['tokens', path],
    queryFn: list,
    // When each was used last.
    refetchInterval: 10_000,
  });
