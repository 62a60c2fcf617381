import { type CommandMessage, type DeviceIdentity, HubError, isInputName, LIMITS } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { CommandRecord, KeepsCommands, KeepsRegistry, MakesRandomness, TellsTime, Throttles } from '../ports.ts';
import { getDevice } from '../registry/get-device.ts';
import { newGuid } from './new-guid.ts';

/** What a back end sends; `expiryTime` in ms since 1970. */
export type NewCommand = CommandMessage & { readonly expiryTime?: number };

/**
 * Queues a command for a device and wakes its connection. Resolves once the command is on disk.
 *
 * A disabled device's commands wait until it is enabled. A message without an id gets one: feedback names it. With
 * `system.inputName` it goes to that input of the module and waits for a connection that listens to inputs.
 *
 * @throws HubError argument.invalid, device.notFound, module.notFound, message.tooLarge, command.expiryInvalid, command.queueFull (retry), quota.dailyExceeded (retry),
 *   store.unavailable (retry)
 */
export async function sendCommand(
  hub: KeepsCommands & KeepsRegistry & HoldsSessions & TellsTime & MakesRandomness & Throttles,
  identity: DeviceIdentity,
  { body, system, application, ack, expiryTime }: NewCommand,
): Promise<CommandRecord> {
  const { generationId } = await getDevice(hub, identity);
  requireInput(identity, system.inputName);
  requireSize({ body, system, application, ack });
  hub.throttle?.countMessage(body.byteLength);
  const now = hub.clock.now();
  const command = await hub.commands.enqueue(
    {
      identity,
      generationId,
      body,
      system: { ...system, messageId: system.messageId || newGuid(hub) },
      application,
      ack,
      enqueuedTime: now,
      expiryTime: validExpiry(expiryTime, now),
    },
    LIMITS.COMMAND_QUEUE_DEPTH_MAX,
  );
  if (command === undefined) {
    throw new HubError('command.queueFull', `${LIMITS.COMMAND_QUEUE_DEPTH_MAX} commands wait for this device already`);
  }
  hub.sessions.find(identity)?.commandsWaiting();
  return command;
}

function requireInput({ moduleId }: DeviceIdentity, inputName: string | undefined): void {
  if (inputName === undefined) return;
  if (moduleId === undefined) throw new HubError('argument.invalid', 'a device has no inputs; only its modules do');
  if (!isInputName(inputName))
    throw new HubError('argument.invalid', `${JSON.stringify(inputName.slice(0, 140))} is not a valid input name`);
}

/** Body, values of system properties, names and values of application properties: what a device has to take in. */
function requireSize({ body, system, application }: CommandMessage): void {
  const texts = [...Object.values(system), ...Object.entries(application).flat()];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text, 'utf8'), body.byteLength);
  if (bytes > LIMITS.COMMAND_BYTES_MAX) {
    throw new HubError('message.tooLarge', `${bytes} bytes; a command has at most ${LIMITS.COMMAND_BYTES_MAX}`);
  }
}

function validExpiry(expiryTime: number | undefined, now: number): number {
  if (expiryTime === undefined) return now + LIMITS.COMMAND_TTL_SECONDS_DEFAULT * 1_000;
  if (!Number.isSafeInteger(expiryTime) || expiryTime <= now) {
    throw new HubError('command.expiryInvalid', 'the expiry time is in the past');
  }
  if (expiryTime > now + LIMITS.COMMAND_TTL_SECONDS_MAX * 1_000) {
    throw new HubError('command.expiryInvalid', `a command lives at most ${LIMITS.COMMAND_TTL_SECONDS_MAX} seconds`);
  }
  return expiryTime;
}
