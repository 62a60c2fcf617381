import type { ApiRole, NewApiToken } from '@viaduct/contracts';
import { table } from './output.ts';
import type { RestClient } from './rest-client.ts';

/** As the REST interface tells it. */
interface ApiToken {
  readonly id: string;
  readonly roles: readonly { readonly role: string }[];
  readonly expiry: string;
}

/** The ids of the roles are Azure's. Source: docs/protocol/central-rest.md */
const ROLE_IDS: Readonly<Record<ApiRole, string>> = {
  administrator: 'ca310b8d-2f4a-44e0-a36e-957c202cd8d4',
  builder: '344138e9-8de4-4497-8c54-5237e96d6aaf',
  operator: 'ae2c9854-393b-4f97-8c42-479d70ce626e',
};
const DAY_MS = 86_400_000;

/** @throws CliFailure refused: the id is taken, or none */
export async function createApiToken(
  rest: RestClient,
  { tokenId, role, expiresInDays = 0 }: NewApiToken,
): Promise<ApiToken & { readonly token: string }> {
  const expiry = new Date(Date.now() + expiresInDays * DAY_MS).toISOString();
  const body = { roles: [{ role: ROLE_IDS[role] }], ...(expiresInDays === 0 ? {} : { expiry }) };
  return (await rest.send({ method: 'PUT', path: pathOf(tokenId), body })) as ApiToken & { token: string };
}

export async function listApiTokens(rest: RestClient): Promise<readonly ApiToken[]> {
  const tokens: ApiToken[] = [];
  let query: Readonly<Record<string, string>> = { maxpagesize: '100' };
  for (;;) {
    const page = (await rest.send({ method: 'GET', path: '/api/apiTokens', query })) as ApiTokenPage;
    tokens.push(...page.value);
    if (page.nextLink === undefined) return tokens;
    query = { maxpagesize: '100', $skiptoken: new URL(page.nextLink).searchParams.get('$skiptoken') ?? '' };
  }
}

interface ApiTokenPage {
  readonly value: readonly ApiToken[];
  readonly nextLink?: string;
}

/** @throws CliFailure notFound */
export async function revokeApiToken(rest: RestClient, tokenId: string): Promise<void> {
  await rest.send({ method: 'DELETE', path: pathOf(tokenId) });
}

export function apiTokenTable(tokens: readonly ApiToken[]): string {
  if (tokens.length === 0) return 'No API tokens yet. `viaduct api-token create ID --role operator` makes one.\n';
  const rows = tokens.map(({ id, roles, expiry }) => [id, roles.map(({ role }) => roleName(role)).join(', '), expiry]);
  return table(['ID', 'ROLE', 'VALID UNTIL'], rows);
}

function roleName(id: string): string {
  return Object.entries(ROLE_IDS).find(([, known]) => known === id)?.[0] ?? id;
}

function pathOf(tokenId: string): string {
  return `/api/apiTokens/${encodeURIComponent(tokenId)}`;
}
