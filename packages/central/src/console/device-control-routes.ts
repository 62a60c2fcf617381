import type { InvokeMethod, JsonObject, MethodResult, NewCommand, QueuedCommand, TwinView } from '@viaduct/contracts';
import { getTwin, invokeMethod, listCommands, patchTwin, sendCommand } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import { goneSignal } from './console-request.ts';
import { queuedCommand, twinView } from './device-view.ts';

interface OfDevice {
  Params: { deviceId: string };
}

/** What is asked of a device: desired properties, methods, commands. */
export function deviceControlRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  app.get<OfDevice>('/devices/:deviceId/twin', async ({ params }): Promise<TwinView> => {
    return twinView(await getTwin(parts.hub, params));
  });

  app.patch<OfDevice & { Body: { desired: JsonObject } }>(
    '/devices/:deviceId/twin',
    { schema: { body: TWIN_PATCH } },
    (request) => {
      const { deviceId } = request.params;
      return audited(parts.store, request, { action: 'twin.patch', object: deviceId }, async () =>
        twinView(await patchTwin(parts.hub, { deviceId }, { desired: request.body.desired })),
      );
    },
  );

  app.post<OfDevice & { Body: InvokeMethod }>(
    '/devices/:deviceId/methods',
    { schema: { body: METHOD } },
    (request, reply) => {
      const { deviceId } = request.params;
      const deed = { action: 'method.invoke', object: `${deviceId} ${request.body.methodName}` };
      return audited(parts.store, request, deed, () => invokeTimed(parts, deviceId, request.body, goneSignal(reply)));
    },
  );

  app.get<OfDevice>('/devices/:deviceId/commands', async ({ params }): Promise<readonly QueuedCommand[]> => {
    return (await listCommands(parts.hub, params)).map(queuedCommand);
  });

  app.post<OfDevice & { Body: NewCommand }>('/devices/:deviceId/commands', { schema: { body: COMMAND } }, (request) => {
    const { deviceId } = request.params;
    return audited(parts.store, request, { action: 'command.send', object: deviceId }, () =>
      queueCommand(parts, deviceId, request.body),
    );
  });
}

async function invokeTimed(
  parts: ConsoleParts,
  deviceId: string,
  method: InvokeMethod,
  gone: AbortSignal,
): Promise<MethodResult> {
  const begun = performance.now();
  const { status, payload } = await invokeMethod(parts.hub, { deviceId }, method, gone);
  return { status, payload, durationMs: Math.round(performance.now() - begun) };
}

async function queueCommand(parts: ConsoleParts, deviceId: string, command: NewCommand): Promise<QueuedCommand> {
  const { contentType, properties, ttlSeconds } = command;
  const sent = await sendCommand(
    parts.hub,
    { deviceId },
    {
      body: Buffer.from(command.body, 'utf8'),
      system: contentType === undefined || contentType === '' ? {} : { contentType, contentEncoding: 'utf-8' },
      application: properties ?? {},
      ack: 'none',
      ...(ttlSeconds === undefined ? {} : { expiryTime: parts.hub.clock.now() + ttlSeconds * 1000 }),
    },
  );
  return queuedCommand(sent);
}

const TWIN_PATCH = {
  type: 'object',
  required: ['desired'],
  additionalProperties: false,
  properties: { desired: { type: 'object' } },
} as const;
const METHOD = {
  type: 'object',
  required: ['methodName'],
  properties: {
    methodName: { type: 'string' },
    responseTimeoutSeconds: { type: 'number' },
    connectTimeoutSeconds: { type: 'number' },
  },
} as const;
const COMMAND = {
  type: 'object',
  required: ['body'],
  additionalProperties: false,
  properties: {
    body: { type: 'string' },
    contentType: { type: 'string', maxLength: 256 },
    properties: { type: 'object', maxProperties: 100, additionalProperties: { type: 'string' } },
    ttlSeconds: { type: 'number', exclusiveMinimum: 0 },
  },
} as const;
