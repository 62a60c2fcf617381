import { HubError, LIMITS } from '@viaduct/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { abandonCommand, completeCommand, lockNextCommand, rejectCommand } from '../../core/command/deliver-command.ts';
import type { Hub } from '../../core/hub.ts';
import { authenticateCaller, takeTurn } from './device-caller.ts';
import { lockTokenIn } from './lock-token-in.ts';
import { commandHeaders, commandMediaType } from './message-headers.ts';

/**
 * Commands for devices that fetch them, one at a time; paths also with `/modules/{moduleId}`. Commands for a module's inputs stay
 * in the queue: inputs are heard over MQTT and AMQP only.
 *
 *     GET    /devices/{id}/messages/deviceBound                    the next one, locked; 204 when none waits
 *     DELETE /devices/{id}/messages/deviceBound/{lock}[?reject]    taken; or not wanted
 *     POST   /devices/{id}/messages/deviceBound/{lock}/abandon     not now
 *
 * `If-Match`, which repeats the lock in some SDKs, is not looked at: the path has it.
 */
export function commandRoutes(app: FastifyInstance, hub: Hub): void {
  for (const owner of ['/devices/:id', '/devices/:id/modules/:moduleId']) {
    const path = `${owner}/messages/devicebound`;
    app.get(path, (request, reply) => receive(hub, request, reply));
    app.delete(`${path}/:lockToken`, async (request, reply) => {
      const { identity } = await authenticateCaller(hub, request);
      const settle = isRejection(request) ? rejectCommand : completeCommand;
      await settle(hub, identity, lockTokenIn(request));
      return reply.code(204).send();
    });
    app.post(`${path}/:lockToken/abandon`, async (request, reply) => {
      const { identity } = await authenticateCaller(hub, request);
      await abandonCommand(hub, identity, lockTokenIn(request));
      return reply.code(204).send();
    });
  }
}

async function receive(hub: Hub, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { identity } = await authenticateCaller(hub, request);
  const lockSeconds = lockSecondsIn(request);
  // Held before the command is locked, for its lock is short.
  await takeTurn(hub, identity, 'commandReceive')();
  const command = await lockNextCommand(hub, identity, 'devicebound', lockSeconds);
  if (command === undefined) return reply.code(204).send();
  // Not by Fastify, which would write the names of properties in lower case.
  for (const [name, value] of commandHeaders(command)) reply.raw.setHeader(name, value);
  return reply.code(200).type(commandMediaType(command)).send(Buffer.from(command.body));
}

/** `?reject`, `?reject=`, `?reject=true`; in any case. */
function isRejection(request: FastifyRequest): boolean {
  const value = queryValue(request, 'reject');
  return value !== undefined && value.toLowerCase() !== 'false';
}

const LOCK_SECONDS = 'iothub-messagelocktimeout';

/** How long the device wants to keep the command to itself, within bounds. @throws HubError argument.invalid */
function lockSecondsIn(request: FastifyRequest): number {
  const header = request.headers[LOCK_SECONDS];
  const asked = queryValue(request, LOCK_SECONDS) ?? (typeof header === 'string' ? header : undefined);
  if (asked === undefined || asked === '') return LIMITS.COMMAND_LOCK_SECONDS;
  const seconds = Number(asked);
  if (!Number.isFinite(seconds)) throw new HubError('argument.invalid', `${LOCK_SECONDS} is a number of seconds`);
  return Math.min(Math.max(seconds, LIMITS.COMMAND_LOCK_SECONDS_MIN), LIMITS.COMMAND_LOCK_SECONDS_MAX);
}

function queryValue(request: FastifyRequest, name: string): string | undefined {
  for (const [key, value] of Object.entries(request.query as Record<string, unknown>)) {
    if (key.toLowerCase() === name) return String(Array.isArray(value) ? value[0] : value);
  }
  return undefined;
}
