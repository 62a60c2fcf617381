import { asHubError, HubError, LIMITS } from '@viaduct/contracts';
import {
  abandonCommand,
  completeCommand,
  lockNextCommand,
  rejectCommand,
  unlockCommands,
} from '../../../core/command/deliver-command.ts';
import type { CommandKind, CommandRecord } from '../../../core/ports.ts';
import { amqpErrorOf, isFault } from '../amqp-error.ts';
import { guidBytes } from '../codec/guid-bytes.ts';
import type { AmqpError, Outcome, OutgoingHandler, OutgoingLink } from '../engine/engine.ts';
import { COMMAND_PAYLOAD } from './command-payload.ts';
import type { DeviceLinkHost } from './device-links.ts';

/** Where commands arrive: at the identity itself, or at a module's inputs. */
export type CommandAddress = Exclude<CommandKind, 'any'>;

/**
 * Hands queued commands to one link.
 *
 *     locked ─► sent ─► accepted: complete │ rejected: reject │ released, modified: abandon
 *        └───────┴────► link or connection lost: waits again, uncounted
 *
 * Invariants
 *  1. A delivery's tag is the lock token of its command; `#sent` has those the device has not settled, and until when
 *     their locks are good.
 *  2. At most one fetch runs at a time, so commands leave in the order of the queue, and never beyond credit.
 *  3. After `close` has resolved this link holds no lock.
 */
export class CommandSender implements OutgoingHandler {
  readonly #host: DeviceLinkHost;
  readonly #address: CommandAddress;
  readonly #sent = new Map<string, number>();
  #link: OutgoingLink | undefined;
  #free: Promise<void> = Promise.resolve();
  #fetching: Promise<void> | undefined;
  #fetchAgain = false;
  #closed: Promise<void> | undefined;

  constructor(host: DeviceLinkHost, address: CommandAddress) {
    this.#host = host;
    this.#address = address;
  }

  /** The link is accepted. `free`: when an older link has given back what it held. */
  begin(link: OutgoingLink, free: Promise<void>): void {
    this.#link = link;
    this.#free = free;
    this.#host.linkBegan(link);
    this.ready();
  }

  ready(): void {
    if (this.#closed !== undefined || this.#link === undefined) return;
    this.#fetchAgain = true;
    this.#fetching ??= this.#fetchAll()
      .catch((thrown: unknown) => this.#failed(thrown))
      .finally(() => {
        this.#fetching = undefined;
        if (this.#fetchAgain) this.ready();
      });
  }

  ended(): void {
    void this.close();
    if (this.#link !== undefined) this.#host.linkEnded(this.#link);
  }

  detach(error: AmqpError): void {
    this.#link?.detach(error);
  }

  /** Gives back what is locked for this link. Never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#giveBack();
    return this.#closed;
  }

  async #giveBack(): Promise<void> {
    await this.#fetching;
    const held = [...this.#sent.keys()];
    this.#sent.clear();
    if (held.length === 0) return;
    const { hub, speaker } = this.#host;
    try {
      await unlockCommands(hub, speaker, held);
      // Whoever listens now may have looked before these were back in the queue.
      hub.sessions.find(speaker)?.commandsWaiting();
    } catch (thrown) {
      this.#host.fault(thrown);
    }
  }

  async #fetchAll(): Promise<void> {
    await this.#free;
    while (this.#fetchAgain) {
      this.#fetchAgain = false;
      while (this.#mayLock) {
        const command = await lockNextCommand(this.#host.hub, this.#host.speaker, this.#address);
        if (command === undefined) break;
        await this.#send(command);
      }
    }
    if (this.#link?.draining) this.#link.drained();
  }

  get #mayLock(): boolean {
    if (this.#closed !== undefined || this.#link?.canSend !== true) return false;
    const now = this.#host.hub.clock.now();
    let good = 0;
    for (const lockedUntil of this.#sent.values()) if (lockedUntil > now) good++;
    return good < LIMITS.AMQP_COMMANDS_IN_FLIGHT_MAX;
  }

  async #send(command: CommandRecord): Promise<void> {
    const { hub, speaker } = this.#host;
    const lockToken = command.lockToken as string;
    // The link may have lost its credit or its life while the command was being locked.
    if (this.#closed !== undefined || this.#link?.canSend !== true) {
      return await unlockCommands(hub, speaker, [lockToken]);
    }
    if (this.#sent.size >= LIMITS.AMQP_COMMANDS_UNSETTLED_MAX) {
      await unlockCommands(hub, speaker, [lockToken]);
      throw new HubError('connection.slow', `${this.#sent.size} commands were delivered and never settled`);
    }
    this.#sent.set(lockToken, command.lockedUntil);
    this.#link.send(guidBytes(lockToken), COMMAND_PAYLOAD, command, (outcome) => this.#decide(lockToken, outcome));
  }

  async #decide(lockToken: string, outcome: Outcome): Promise<AmqpError | undefined> {
    if (!this.#sent.delete(lockToken)) return undefined;
    this.#host.heard();
    const { hub, speaker } = this.#host;
    try {
      if (outcome === 'accepted') await completeCommand(hub, speaker, lockToken);
      else if (outcome === 'rejected') await rejectCommand(hub, speaker, lockToken);
      else await abandonCommand(hub, speaker, lockToken);
      return undefined;
    } catch (thrown) {
      // Too late, and no harm: the command comes again. Who settles second is told.
      if (isFault(thrown)) this.#host.fault(thrown);
      else if (asHubError(thrown).code !== 'command.lockLost') this.#host.refused(asHubError(thrown));
      return amqpErrorOf(thrown);
    } finally {
      this.ready();
    }
  }

  #failed(thrown: unknown): void {
    if (this.#link !== undefined) this.#host.linkFailed(this.#link, thrown);
  }
}
