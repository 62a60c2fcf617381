import { HubError } from '@viaduct/contracts';
import {
  type ApiTokenRecord,
  createApiToken,
  getApiToken,
  listApiTokens,
  revokeApiToken,
} from '../access/api-token.ts';
import { ROLES, type RoleId } from '../access/caller.ts';
import type { Central } from '../central.ts';
import type { ServeOperation } from './operation.ts';
import { pageOf } from './read-page.ts';

interface ApiTokenBody {
  readonly roles: readonly { readonly role: string; readonly organization?: string }[];
  readonly expiry?: string;
}

/** Tokens of programs: made, which shows them once, listed and revoked. */
export function apiTokenOperations(central: Central, serve: ServeOperation): void {
  const { store } = central;
  serve('ApiTokens_List', 'apiToken.read', async (_caller, request) =>
    pageOf(request, (await listApiTokens(store)).map(tokenDocument), ({ id }) => id),
  );
  serve('ApiTokens_Get', 'apiToken.read', async (_caller, { params }) =>
    tokenDocument(await getApiToken(store, params.tokenId ?? '')),
  );
  serve('ApiTokens_Create', 'apiToken.write', async (caller, { params, body }) => {
    const { roles, expiry } = body as ApiTokenBody;
    const wanted = { tokenId: params.tokenId ?? '', role: requireOneRole(roles), expiresTime: timeIn(expiry) };
    const { record, token } = await createApiToken(central, caller, wanted);
    return { ...tokenDocument(record), token };
  });
  serve('ApiTokens_Remove', 'apiToken.write', (_caller, { params }) => revokeApiToken(store, params.tokenId ?? ''));
}

function tokenDocument({ tokenId, role, expiresTime }: ApiTokenRecord) {
  return { id: tokenId, roles: [{ role }], expiry: new Date(expiresTime).toISOString() };
}

/** Rights within an organization only would be a promise that nobody keeps. @throws HubError central.bodyInvalid */
function requireOneRole(roles: ApiTokenBody['roles']): RoleId {
  const [{ role, organization } = { role: '' }, ...more] = roles;
  const known = Object.values(ROLES).find((id) => id === role.toLowerCase());
  if (known !== undefined && more.length === 0 && organization === undefined) return known;
  throw new HubError(
    'central.bodyInvalid',
    known === undefined
      ? `there is no role "${role}"; GET /api/roles lists them`
      : 'a token has one role, in the application as a whole: rights within an organization are not offered',
  );
}

/** A day that no month has fits the schema. @throws HubError central.bodyInvalid */
function timeIn(expiry: string | undefined): number | undefined {
  if (expiry === undefined) return undefined;
  const time = Date.parse(expiry);
  if (Number.isNaN(time)) throw new HubError('central.bodyInvalid', `expiry is ${expiry}, and there is no such time`);
  return time;
}
