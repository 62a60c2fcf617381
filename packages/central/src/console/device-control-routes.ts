import {
  type DeviceIdentity,
  HubError,
  type InvokeMethod,
  identityKey,
  type JsonObject,
  LIMITS,
  type MethodResult,
  type NewCommand,
  type QueuedCommand,
  type TwinView,
} from '@viaduct/contracts';
import { getTwin, invokeMethod, listCommands, newGuid, patchTwin, purgeCommands, sendCommand } from '@viaduct/hub';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CommandRun } from '../command/command-runs.ts';
import { commandNamed, METHOD_NAME } from '../command/run-command.ts';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import { goneSignal, requireSignedIn } from './console-request.ts';
import { twinView } from './device-view.ts';
import { IDENTITY_PATHS, type OfIdentity } from './identity-paths.ts';
import { queuedCommand } from './queued-command.ts';

/** What is asked of a device or a module: desired properties, methods, commands. */
export function deviceControlRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  for (const path of IDENTITY_PATHS) {
    twinRoutes(app, parts, path);
    methodRoute(app, parts, path);
    commandRoutes(app, parts, path);
  }
}

function twinRoutes(app: FastifyInstance, parts: ConsoleParts, path: string): void {
  app.get<OfIdentity>(`${path}/twin`, async ({ params }): Promise<TwinView> => {
    return twinView(await getTwin(parts.hub, params));
  });

  app.patch<OfIdentity & { Body: { desired: JsonObject } }>(
    `${path}/twin`,
    { schema: { body: TWIN_PATCH } },
    (request) => {
      const { params, body } = request;
      return audited(parts.store, request, { action: 'twin.patch', object: identityKey(params) }, async () =>
        twinView(await patchTwin(parts.hub, params, { desired: body.desired })),
      );
    },
  );
}

function methodRoute(app: FastifyInstance, parts: ConsoleParts, path: string): void {
  app.post<OfIdentity & { Body: InvokeMethod }>(`${path}/methods`, { schema: { body: METHOD } }, (request, reply) => {
    const { params, body } = request;
    const deed = { action: 'method.invoke', object: `${identityKey(params)} ${body.methodName}` };
    return audited(parts.store, request, deed, async () => {
      const result = await invokeTimed(parts, params, body, goneSignal(reply));
      const { status: responseCode, payload: response } = result;
      const run = { ...commandNamed(body.methodName), request: body.payload, response, responseCode };
      await parts.commandRuns.add(runOf(parts, request, params, run));
      return result;
    });
  });
}

function commandRoutes(app: FastifyInstance, parts: ConsoleParts, path: string): void {
  app.get<OfIdentity>(`${path}/commands`, async ({ params }): Promise<readonly QueuedCommand[]> => {
    const now = parts.hub.clock.now();
    return (await listCommands(parts.hub, params)).map((command) => queuedCommand(command, now));
  });

  app.post<OfIdentity & { Body: NewCommand }>(`${path}/commands`, { schema: { body: COMMAND } }, (request) => {
    const { params, body } = request;
    return audited(parts.store, request, { action: 'command.send', object: identityKey(params) }, async () => {
      const queued = await queueCommand(parts, params, body);
      const method = body.properties?.[METHOD_NAME];
      if (method !== undefined) {
        const run = { ...commandNamed(method), request: requestIn(body.body), responseCode: null };
        await parts.commandRuns.add(runOf(parts, request, params, run));
      }
      return queued;
    });
  });

  app.delete<OfIdentity>(`${path}/commands`, (request) => {
    const { params } = request;
    return audited(parts.store, request, { action: 'command.purge', object: identityKey(params) }, async () => ({
      purged: await purgeCommands(parts.hub, params),
    }));
  });
}

async function invokeTimed(
  parts: ConsoleParts,
  identity: DeviceIdentity,
  method: InvokeMethod,
  gone: AbortSignal,
): Promise<MethodResult> {
  const begun = performance.now();
  const { status, payload } = await invokeMethod(parts.hub, identity, method, gone);
  return { status, payload, durationMs: Math.round(performance.now() - begun) };
}

async function queueCommand(
  parts: ConsoleParts,
  identity: DeviceIdentity,
  command: NewCommand,
): Promise<QueuedCommand> {
  const { contentType = '', inputName = '', properties, ttlSeconds, ack } = command;
  if (inputName !== '' && identity.moduleId === undefined) {
    throw new HubError('argument.invalid', 'a device has no inputs: only its modules do');
  }
  const sent = await sendCommand(parts.hub, identity, {
    body: Buffer.from(command.body, 'utf8'),
    system: {
      ...(contentType === '' ? {} : { contentType, contentEncoding: 'utf-8' }),
      ...(inputName === '' ? {} : { inputName }),
    },
    application: properties ?? {},
    ack: ack ?? 'none',
    ...(ttlSeconds === undefined ? {} : { expiryTime: parts.hub.clock.now() + ttlSeconds * 1000 }),
  });
  return queuedCommand(sent, parts.hub.clock.now());
}

function runOf(
  { hub }: ConsoleParts,
  request: FastifyRequest,
  { deviceId, moduleId }: DeviceIdentity,
  run: Pick<CommandRun, 'name' | 'component' | 'request' | 'response' | 'responseCode'>,
): CommandRun {
  const identity = moduleId === undefined ? { deviceId } : { deviceId, moduleId };
  const { userName } = requireSignedIn(request);
  return { ...identity, ...run, runId: newGuid(hub), caller: userName, time: hub.clock.now() };
}

/** What a message holds for a command that takes none is no JSON. */
function requestIn(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
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
    ack: { enum: ['none', 'positive', 'negative', 'full'] },
    inputName: { type: 'string', maxLength: LIMITS.ID_CHARACTERS_MAX },
  },
} as const;
