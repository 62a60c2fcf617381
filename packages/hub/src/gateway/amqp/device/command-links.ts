import { HubError } from '@viaduct/contracts';
import { amqpErrorOf } from '../amqp-error.ts';
import type { AttachRequest } from '../engine/engine.ts';
import { type CommandAddress, CommandSender } from './command-sender.ts';
import type { DeviceLinkHost, DeviceLinks } from './device-links.ts';

/**
 * The links on which an identity hears commands:
 *
 *     devices/{d}[/modules/{m}]/messages/devicebound     commands
 *     devices/{d}/modules/{m}/messages/events            commands for the module's inputs
 */
export class CommandLinks implements DeviceLinks {
  readonly #host: DeviceLinkHost;
  readonly #senders = new Map<CommandAddress, CommandSender>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(host: DeviceLinkHost) {
    this.#host = host;
  }

  /** @throws HubError protocol.violation, link.addressUnknown */
  attach(request: AttachRequest): void {
    if (!request.peerReceives) throw new HubError('protocol.violation', 'commands are received, not sent, by a device');
    const address = this.#addressOf(request);
    const older = this.#senders.get(address);
    const sender = new CommandSender(this.#host, address);
    this.#senders.set(address, sender);
    // What the older link holds is to be free before the newer one looks.
    const free = older === undefined ? Promise.resolve() : this.#replace(older);
    sender.begin(request.acceptOutgoing(sender), free);
  }

  /** A command waits, or may. */
  wake(): void {
    for (const sender of this.#senders.values()) sender.ready();
  }

  async close(): Promise<void> {
    await Promise.all([...[...this.#senders.values()].map((sender) => sender.close()), ...this.#leaving]);
  }

  #addressOf({ address = '' }: AttachRequest): CommandAddress {
    if (!/\/messages\/events\/?$/i.test(address)) return 'devicebound';
    if (this.#host.speaker.moduleId !== undefined) return 'inputs';
    throw new HubError('link.addressUnknown', 'a device has no inputs; only its modules do');
  }

  #replace(older: CommandSender): Promise<void> {
    older.detach(amqpErrorOf(new HubError('connection.replaced', 'a newer link for the same commands took over')));
    const free = older.close();
    this.#leaving.add(free);
    return free.finally(() => this.#leaving.delete(free));
  }
}
