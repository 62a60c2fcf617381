import {
  API_ROLES,
  type ApiRole,
  type ApiTokenView,
  LIMITS,
  type MadeApiToken,
  type NewApiToken,
} from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import { type ApiTokenRecord, createApiToken, listApiTokens, revokeApiToken } from '../access/api-token.ts';
import { ROLES } from '../access/caller.ts';
import { audited } from './audited.ts';
import { callerOf } from './caller-of.ts';
import type { ConsoleParts } from './console-parts.ts';

const DAY_MS = 86_400_000;

/** Tokens for programs that ask central: who has one, making one, which is shown once, and revoking. */
export function apiTokenRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  const { store } = parts;
  app.get('/api-tokens', async (): Promise<ApiTokenView[]> => (await listApiTokens(store)).map(tokenView));

  app.post<{ Body: NewApiToken }>('/api-tokens', { schema: { body: NEW } }, async (request, reply) => {
    const { tokenId, role, expiresInDays = LIMITS.API_TOKEN_DAYS_DEFAULT } = request.body;
    const wanted = { tokenId, role: ROLES[role], expiresTime: store.clock.now() + expiresInDays * DAY_MS };
    const deed = { action: 'apiToken.create', object: `${tokenId} (${role})` };
    const { record, token } = await audited(store, request, deed, () =>
      createApiToken(parts, callerOf(request), wanted),
    );
    reply.code(201);
    return { ...tokenView(record), token } satisfies MadeApiToken;
  });

  app.delete<{ Params: { tokenId: string } }>('/api-tokens/:tokenId', async (request, reply) => {
    const { tokenId } = request.params;
    await audited(store, request, { action: 'apiToken.revoke', object: tokenId }, () => revokeApiToken(store, tokenId));
    return reply.code(204).send();
  });
}

function tokenView({ role, expiresTime: expiryTime, usedTime: lastUsedTime, ...record }: ApiTokenRecord): ApiTokenView {
  const { tokenId, createdBy, createdTime } = record;
  return { tokenId, role: nameOf(role), createdBy, createdTime, expiryTime, lastUsedTime };
}

function nameOf(role: ApiTokenRecord['role']): ApiRole {
  return API_ROLES.find((name) => ROLES[name] === role) ?? 'operator';
}

const NEW = {
  type: 'object',
  required: ['tokenId', 'role'],
  additionalProperties: false,
  properties: {
    tokenId: { type: 'string', maxLength: LIMITS.API_TOKEN_ID_CHARACTERS_MAX },
    role: { type: 'string', enum: API_ROLES },
    expiresInDays: { type: 'integer', minimum: 1, maximum: LIMITS.API_TOKEN_DAYS_MAX },
  },
} as const;
