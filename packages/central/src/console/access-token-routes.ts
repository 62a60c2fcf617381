import {
  ACCESS_ROLES,
  type AccessTokenView,
  LIMITS,
  type MadeAccessToken,
  type NewAccessToken,
} from '@viaduct/contracts';
import { createAccessToken, describeAccessToken, listAccessTokens, revokeAccessToken } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';

/** Tokens with roles for back ends: who has one, making one, which is shown once, and revoking. */
export function accessTokenRoutes(app: FastifyInstance, { hub, store }: ConsoleParts): void {
  app.get(
    '/access-tokens',
    async (): Promise<AccessTokenView[]> => (await listAccessTokens(hub)).map(describeAccessToken),
  );

  app.post<{ Body: NewAccessToken }>('/access-tokens', { schema: { body: NEW } }, async (request, reply) => {
    const createdBy = request.signedIn?.userName ?? '';
    const deed = { action: 'accessToken.create', object: `${request.body.name} (${request.body.role})` };
    const { token, record } = await audited(store, request, deed, () =>
      createAccessToken(hub, { ...request.body, createdBy }),
    );
    reply.code(201);
    return { ...describeAccessToken(record), token } satisfies MadeAccessToken;
  });

  app.delete<{ Params: { name: string } }>('/access-tokens/:name', async (request, reply) => {
    const { name } = request.params;
    await audited(store, request, { action: 'accessToken.revoke', object: name }, () => revokeAccessToken(hub, name));
    return reply.code(204).send();
  });
}

const NEW = {
  type: 'object',
  required: ['name', 'role'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', maxLength: LIMITS.ACCESS_TOKEN_NAME_CHARACTERS_MAX },
    role: { type: 'string', enum: ACCESS_ROLES },
    expiresInDays: { type: 'integer', minimum: 1, maximum: LIMITS.ACCESS_TOKEN_DAYS_MAX },
  },
} as const;
