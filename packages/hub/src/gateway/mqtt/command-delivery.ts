import { type DeviceIdentity, formatPropertyBag, HubError, LIMITS, topicTo } from '@viaduct/contracts';
import { completeCommand, lockNextCommand, unlockCommands } from '../../core/command/deliver-command.ts';
import type { Hub } from '../../core/hub.ts';
import type { CommandKind, CommandRecord } from '../../core/ports.ts';
import { CERTIFICATE_PACKET_ID } from './certificate-requests.ts';
import type { OutgoingMessage } from './packet.ts';

/** What delivery needs of its connection. */
export interface DeliversCommands {
  readonly identity: DeviceIdentity;
  /** What the device listens for; undefined while it does not. */
  readonly commandKind: CommandKind | undefined;
  /** Granted QoS of the filter that a command of this kind goes to; undefined when there is none (any more). */
  commandQos(kind: 'devicebound' | 'inputs'): 0 | 1 | undefined;
  publish(message: OutgoingMessage): void;
  deliveryFailed(error: unknown): void;
}

/**
 * Hands queued commands to one connection, oldest first, a few at a time. A PUBACK completes; MQTT has no reject.
 *
 * Invariants
 *  1. At most COMMAND_IN_FLIGHT_MAX commands are delivered and not yet acknowledged.
 *  2. At most one fetch runs at a time, so commands leave in the order of the queue.
 */
export class CommandDelivery {
  readonly #hub: Hub;
  readonly #connection: DeliversCommands;
  readonly #lockTokens = new Map<number, string>();
  #nextPacketId = 1;
  #fetching: Promise<void> | null = null;
  #fetchAgain = false;

  constructor(hub: Hub, connection: DeliversCommands) {
    this.#hub = hub;
    this.#connection = connection;
  }

  /** Delivers what waits, as far as the window allows. */
  wake(): void {
    if (this.#fetching !== null) {
      this.#fetchAgain = true;
      return;
    }
    this.#fetching = this.#deliverAll()
      .catch((error: unknown) => this.#connection.deliveryFailed(error))
      .finally(() => {
        this.#fetching = null;
      });
  }

  /**
   * The connection has ended: what it held waits again, uncounted. Only that: the device may hold more over another transport.
   * Resolves with whether anything waits that did not before.
   */
  async close(): Promise<boolean> {
    const wasFetching = this.#fetching !== null;
    await this.#fetching;
    const held = [...this.#lockTokens.values()];
    this.#lockTokens.clear();
    await unlockCommands(this.#hub, this.#connection.identity, held);
    return wasFetching || held.length > 0;
  }

  /** The device has it. */
  acknowledged(packetId: number): void {
    const lockToken = this.#lockTokens.get(packetId);
    if (lockToken === undefined) return;
    this.#lockTokens.delete(packetId);
    this.#settle(lockToken)
      .then(() => this.wake())
      .catch((error: unknown) => this.#connection.deliveryFailed(error));
  }

  async #deliverAll(): Promise<void> {
    do {
      this.#fetchAgain = false;
      while (this.#lockTokens.size < LIMITS.COMMAND_IN_FLIGHT_MAX) {
        const { identity, commandKind } = this.#connection;
        if (commandKind === undefined) break;
        const command = await lockNextCommand(this.#hub, identity, commandKind);
        if (command === undefined) break;
        await this.#deliver(command);
      }
    } while (this.#fetchAgain);
  }

  async #deliver(command: CommandRecord): Promise<void> {
    const { inputName } = command.system;
    const commandQos = this.#connection.commandQos(inputName === undefined ? 'devicebound' : 'inputs');
    const lockToken = command.lockToken as string;
    // The device left or stopped listening while we fetched.
    if (commandQos === undefined) return await unlockCommands(this.#hub, this.#connection.identity, [lockToken]);
    const message = {
      topic: topicOf(command),
      payload: command.body,
      duplicate: command.deliveryCount > 0,
    };
    if (commandQos === 0) {
      this.#connection.publish({ topic: message.topic, payload: message.payload });
      await this.#settle(lockToken);
      return;
    }
    const packetId = this.#takePacketId();
    this.#lockTokens.set(packetId, lockToken);
    this.#connection.publish({ ...message, packetId });
  }

  async #settle(lockToken: string): Promise<void> {
    try {
      await completeCommand(this.#hub, this.#connection.identity, lockToken);
    } catch (error) {
      // Too late: the lock ran out and the command is back in the queue. It comes again, which at-least-once allows.
      if (!(error instanceof HubError && error.code === 'command.lockLost')) throw error;
    }
  }

  #takePacketId(): number {
    do {
      this.#nextPacketId = this.#nextPacketId >= CERTIFICATE_PACKET_ID - 1 ? 1 : this.#nextPacketId + 1;
    } while (this.#lockTokens.has(this.#nextPacketId));
    return this.#nextPacketId;
  }
}

function topicOf(command: CommandRecord): string {
  const { identity, system } = command;
  const { deviceId, moduleId } = identity;
  if (system.inputName === undefined) {
    const path = moduleId === undefined ? deviceId : `${deviceId}/modules/${moduleId}`;
    return topicTo.command(identity, commandBag(command, `/devices/${path}/messages/deviceBound`));
  }
  // Whose connection it is meant for: the C client makes properties of the two.
  const connection = `%24.cdid=${encodeURIComponent(deviceId)}&%24.cmid=${encodeURIComponent(moduleId ?? '')}`;
  const to = `/devices/${deviceId}/modules/${moduleId}/inputs/${system.inputName}`;
  return topicTo.input(identity, system.inputName, `${connection}&${commandBag(command, to)}`);
}

/** `to` is always there, so the bag is never empty: the C# client indexes into it. */
function commandBag({ system, application, ack, expiryTime }: CommandRecord, to: string): string {
  return formatPropertyBag(
    { system: { ...system, to, absoluteExpiryTime: roundTripTime(expiryTime) }, application },
    ack,
  );
}

/** .NET's round-trip form with exactly seven fractional digits; the C# client accepts no other. */
function roundTripTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '0000Z');
}
