import { HubError } from '@viaduct/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getDigitalTwin, invokeCommand, updateDigitalTwin } from '../../core/digital-twin/digital-twin.ts';
import type { Hub } from '../../core/hub.ts';
import { untilCallerLeaves } from './method-routes.ts';
import { authorize, identityIn, ifMatchIn, jsonIn, setEtag } from './read-request.ts';
import { secondsAt } from './seconds-at.ts';

/**
 * Devices as their models see them. All ask for ServiceConnect.
 *
 *     GET   /digitaltwins/{id}
 *     PATCH /digitaltwins/{id}                                              JSON Patch on desired properties; 202
 *     POST  /digitaltwins/{id}[/components/{component}]/commands/{command}  a method of the device; its status in a header
 */
export function digitalTwinRoutes(app: FastifyInstance, hub: Hub): void {
  app.get('/digitaltwins/:id', async (request, reply) => {
    await authorize(hub, request, 'ServiceConnect');
    const { document, etag } = await getDigitalTwin(hub, identityIn(request));
    setEtag(reply, etag);
    return document;
  });
  app.patch('/digitaltwins/:id', async (request, reply) => {
    await authorize(hub, request, 'ServiceConnect');
    const { etag, deviceId } = await updateDigitalTwin(hub, identityIn(request), patchIn(request), ifMatchIn(request));
    setEtag(reply, etag);
    return reply
      .code(202)
      .header('location', `/digitaltwins/${encodeURIComponent(deviceId)}`)
      .send();
  });
  for (const owner of ['/digitaltwins/:id', '/digitaltwins/:id/components/:component']) {
    const config = { problemShape: 'nested' } as const;
    app.post(`${owner}/commands/:command`, { config }, async (request, reply) => {
      await authorize(hub, request, 'ServiceConnect');
      return call(hub, request, reply);
    });
  }
}

function patchIn(request: FastifyRequest): unknown {
  try {
    return jsonIn(request);
  } catch (cause) {
    throw new HubError('digitalTwin.patchMalformed', (cause as Error).message, { cause });
  }
}

async function call(hub: Hub, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { command, component } = request.params as { command: string; component?: string };
  const query = request.query as Record<string, unknown>;
  const responseTimeoutSeconds = secondsAt(query, 'responseTimeoutInSeconds');
  const connectTimeoutSeconds = secondsAt(query, 'connectTimeoutInSeconds');
  const { status, payload } = await invokeCommand(
    hub,
    identityIn(request),
    {
      command,
      ...(component === undefined ? {} : { component }),
      ...(hasBody(request) ? { payload: jsonIn(request) } : {}),
      ...(responseTimeoutSeconds === undefined ? {} : { responseTimeoutSeconds }),
      ...(connectTimeoutSeconds === undefined ? {} : { connectTimeoutSeconds }),
    },
    untilCallerLeaves(reply),
  );
  // Written here, for Fastify takes a text for plain text; clients parse only what says that it is JSON.
  return reply
    .header('x-ms-command-statuscode', status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(payload));
}

function hasBody({ body }: FastifyRequest): boolean {
  return Buffer.isBuffer(body) && body.length > 0;
}
