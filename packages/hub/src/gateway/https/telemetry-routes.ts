import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hub } from '../../core/hub.ts';
import { rememberModel } from '../../core/registry/remember-model.ts';
import { acceptTelemetryBatch, type TelemetryMessage } from '../../core/telemetry/accept-telemetry.ts';
import { authenticateCaller, takeTurn } from './device-caller.ts';
import { bagInHeaders } from './message-headers.ts';
import { obeyOrder } from './obey-order.ts';
import { jsonIn } from './read-request.ts';
import type { RestTraffic } from './rest-traffic.ts';
import { BATCH_TYPE, readTelemetryBatch } from './telemetry-batch.ts';

/**
 * What devices say over HTTPS; 204 once it is durable.
 *
 *     POST /devices/{id}[/modules/{moduleId}]/messages/events[?model-id=]    one message, or a batch
 */
export function telemetryRoutes(app: FastifyInstance, hub: Hub, traffic: RestTraffic): void {
  for (const path of ['/devices/:id/messages/events', '/devices/:id/modules/:moduleId/messages/events']) {
    app.post(path, async (request, reply) => {
      const { entry, authMethod, identity } = await authenticateCaller(hub, request);
      const messages = messagesIn(request);
      if (hub.faultInjection !== null && (await obeyOrder(hub, request, identity, messages)))
        return reply.code(204).send();
      const answerInTurn = takeTurn(hub, identity, 'telemetry', messages.length);
      const announced = modelIdIn(request);
      if (announced !== undefined && announced !== entry.modelId) await rememberModel(hub, identity, announced);
      const speaker = { ...entry, authMethod, modelId: announced ?? entry.modelId };
      await acceptTelemetryBatch(hub, speaker, messages);
      traffic.accepted(messages.length);
      await answerInTurn();
      return reply.code(204).send();
    });
  }
}

function messagesIn(request: FastifyRequest): readonly TelemetryMessage[] {
  const contentType = request.headers['content-type'] ?? '';
  if (contentType.toLowerCase().startsWith(BATCH_TYPE)) return readTelemetryBatch(jsonIn(request));
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return [{ bag: bagInHeaders(request.raw.rawHeaders), body, flags: 0 }];
}

function modelIdIn(request: FastifyRequest): string | undefined {
  const { 'model-id': modelId } = request.query as Record<string, unknown>;
  return typeof modelId === 'string' && modelId !== '' ? modelId : undefined;
}
