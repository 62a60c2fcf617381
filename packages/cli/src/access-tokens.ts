import type { AccessTokenView, MadeAccessToken, NewAccessToken } from '@viaduct/contracts';
import { table } from './output.ts';
import type { RestClient } from './rest-client.ts';

/** @throws HubError accessToken.exists; CliFailure refused for a name or a life that is none */
export async function createAccessToken(rest: RestClient, input: NewAccessToken): Promise<MadeAccessToken> {
  return (await rest.send({ method: 'POST', path: '/accessTokens', body: input })) as MadeAccessToken;
}

export async function listAccessTokens(rest: RestClient): Promise<readonly AccessTokenView[]> {
  return ((await rest.send({ method: 'GET', path: '/accessTokens' })) as { value: AccessTokenView[] }).value;
}

/** @throws HubError accessToken.notFound */
export async function revokeAccessToken(rest: RestClient, name: string): Promise<void> {
  await rest.send({ method: 'DELETE', path: `/accessTokens/${encodeURIComponent(name)}` });
}

export function accessTokenTable(tokens: readonly AccessTokenView[]): string {
  if (tokens.length === 0) return 'No access tokens yet. `viaduct token create NAME --role dataReader` makes one.\n';
  const rows = tokens.map(({ name, role, expiryTime, lastUsedTime, createdBy }) => [
    name,
    role,
    new Date(expiryTime).toISOString(),
    lastUsedTime === null ? 'never' : new Date(lastUsedTime).toISOString(),
    createdBy,
  ]);
  return table(['NAME', 'ROLE', 'VALID UNTIL', 'LAST USED', 'MADE BY'], rows);
}
