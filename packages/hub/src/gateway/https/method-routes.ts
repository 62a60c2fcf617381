import { HubError } from '@viaduct/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../core/hub.ts';
import { invokeMethod, type MethodRequest, type MethodResponse } from '../../core/method/invoke-method.ts';
import { textAt } from '../../core/registry/read-device-input.ts';
import { authorize, identityIn, jsonObjectIn } from './read-request.ts';
import { secondsAt } from './seconds-at.ts';

/** `POST /twins/{id}[/modules/{moduleId}]/methods`, ServiceConnect: calls a method of a device, now or never. */
export function methodRoutes(app: FastifyInstance, hub: Hub): void {
  for (const path of ['/twins/:id/methods', '/twins/:id/modules/:moduleId/methods']) {
    app.post(path, { config: { problemShape: 'nested' } }, async (request, reply): Promise<MethodResponse> => {
      await authorize(hub, request, 'ServiceConnect');
      return invokeMethod(hub, identityIn(request), methodIn(request), untilCallerLeaves(reply));
    });
  }
}

function methodIn(request: FastifyRequest): MethodRequest {
  const body = jsonObjectIn(request);
  const responseTimeoutSeconds = secondsAt(body, 'responseTimeoutInSeconds') ?? secondsAt(body, 'timeoutInSeconds');
  const connectTimeoutSeconds = secondsAt(body, 'connectTimeoutInSeconds');
  return {
    methodName: textAt(body, 'methodName') ?? '',
    // Null is a payload; a payload that is absent is none.
    ...(Object.hasOwn(body, 'payload') ? { payload: body.payload } : {}),
    ...(responseTimeoutSeconds === undefined ? {} : { responseTimeoutSeconds }),
    ...(connectTimeoutSeconds === undefined ? {} : { connectTimeoutSeconds }),
  };
}

/** Aborts when the caller's connection ends before the answer is out. */
export function untilCallerLeaves(reply: FastifyReply): AbortSignal {
  const left = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) left.abort(new HubError('method.timeout', 'the caller went away'));
  });
  return left.signal;
}
