import type { DeviceIdentity } from '@viaduct/contracts';
import type { FastifyRequest } from 'fastify';
import type { ThrottledOperation, Throttles } from '../../core/ports.ts';
import { holdOperation } from '../../core/throttle/hold-operation.ts';

/** What a method is metered in, bytes. Source: "IoT Hub quotas and throttling". */
const METHOD_PIECE_BYTES = 4_096;

/**
 * Holds a back end's request for its share. Only those that come over REST: the console is not held, for the person who looks
 * for the cause of a flood must get in during it.
 *
 * @throws HubError throttle.exceeded (retry)
 */
export async function holdRequest(hub: Throttles, request: FastifyRequest): Promise<void> {
  if (hub.throttle === null) return;
  const operation = operationOf(request.method, request.routeOptions.url ?? '');
  const count = operation === 'method' ? methodPieces(request.body) : 1;
  await holdOperation(hub, operation === 'method' ? calledDevice(request) : null, operation, count);
}

function operationOf(method: string, route: string): ThrottledOperation {
  if (route.startsWith('/configurations')) return 'configuration';
  if (!/^\/(?:digital)?twins\//.test(route)) return 'registry';
  if (/\/(?:methods|commands\/:command)$/.test(route)) return 'method';
  return method === 'GET' ? 'twinRead' : 'twinUpdate';
}

function methodPieces(body: unknown): number {
  const bytes = Buffer.isBuffer(body) ? body.length : 0;
  return Math.max(1, Math.ceil(bytes / METHOD_PIECE_BYTES));
}

function calledDevice({ params }: FastifyRequest): DeviceIdentity {
  const { id, moduleId } = params as { id: string; moduleId?: string };
  return moduleId === undefined ? { deviceId: id } : { deviceId: id, moduleId };
}
