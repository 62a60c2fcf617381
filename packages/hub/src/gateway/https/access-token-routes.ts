import { type AccessRole, type AccessTokenView, HubError } from '@viaduct/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  type AccessTokenInput,
  createAccessToken,
  listAccessTokens,
  revokeAccessToken,
} from '../../core/access/access-token.ts';
import { describeAccessToken } from '../../core/access/describe-access-token.ts';
import type { Hub } from '../../core/hub.ts';
import { textAt } from '../../core/registry/read-device-input.ts';
import { authorize, jsonObjectIn } from './read-request.ts';

/**
 * Access tokens; ours, no SDK calls it. All ask for RegistryWrite and ServiceConnect, which are what the widest role comes to; no
 * access token opens it, so that none can make another.
 *
 *     GET    /accessTokens
 *     POST   /accessTokens          {name, role, expiresInDays?} → 201 with the token, which is told this once
 *     DELETE /accessTokens/{name}   204
 */
export function accessTokenRoutes(app: FastifyInstance, hub: Hub): void {
  app.get('/accesstokens', async (request): Promise<{ value: AccessTokenView[] }> => {
    await authorize(hub, request, 'RegistryWrite', 'ServiceConnect');
    return { value: (await listAccessTokens(hub)).map(describeAccessToken) };
  });
  app.post('/accesstokens', async (request, reply) => {
    const createdBy = await authorize(hub, request, 'RegistryWrite', 'ServiceConnect');
    const { token, record } = await createAccessToken(hub, { ...inputIn(request), createdBy });
    request.log.info({ name: record.name, role: record.role, createdBy }, 'an access token was made');
    return reply.code(201).send({ ...describeAccessToken(record), token });
  });
  app.delete('/accesstokens/:name', async (request, reply) => {
    const revokedBy = await authorize(hub, request, 'RegistryWrite', 'ServiceConnect');
    const { name } = request.params as { name: string };
    await revokeAccessToken(hub, name);
    request.log.info({ name, revokedBy }, 'an access token was revoked');
    return reply.code(204).send();
  });
}

function inputIn(request: FastifyRequest): Omit<AccessTokenInput, 'createdBy'> {
  const body = jsonObjectIn(request);
  const { expiresInDays } = body;
  if (expiresInDays !== undefined && typeof expiresInDays !== 'number') {
    throw new HubError('argument.invalid', 'expiresInDays is a number');
  }
  return {
    name: textAt(body, 'name') ?? '',
    // Checked by the core, which words the refusal.
    role: (textAt(body, 'role') ?? '') as AccessRole,
    ...(expiresInDays === undefined ? {} : { expiresInDays }),
  };
}
