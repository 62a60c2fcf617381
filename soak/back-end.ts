import { setTimeout as wait } from 'node:timers/promises';
import { parseConnectionString, type ReadyFile } from '@viaduct/contracts';
import { signSas } from '@viaduct/hub';
import iotHub from 'azure-iothub';
import type { EventContext, Sender } from 'rhea';
import { AmqpWire, happens } from './connections/amqp-wire.ts';
import { ACKNOWLEDGED_MS_MAX, within } from './connections/connection.ts';
import { Waiting } from './connections/waiting.ts';
import type { Ledger } from './ledger.ts';
import type { SoakDevice } from './soak-device.ts';

export interface HubAddress {
  readonly ready: ReadyFile;
  /** PEM. */
  readonly ca: string;
}

const TOKEN_SECONDS = 7_200;

/** The link on which back ends send commands. */
class CommandSender {
  readonly #wire: AmqpWire;
  readonly #sender: Sender;
  readonly #waiting = new Waiting();

  private constructor(wire: AmqpWire, sender: Sender) {
    this.#wire = wire;
    this.#sender = sender;
    sender.on('accepted', ({ delivery }: EventContext) => this.#waiting.acknowledged(Number(delivery?.id)));
    for (const outcome of ['rejected', 'released', 'modified'] as const)
      sender.on(outcome, ({ delivery }: EventContext) => this.#waiting.refused(Number(delivery?.id), outcome));
    wire.onEnded(() => this.#waiting.abandon('the connection ended'));
  }

  static async open(hub: HubAddress): Promise<CommandSender> {
    const { hostName, hubConnectionString } = hub.ready;
    const { SharedAccessKeyName: policy, SharedAccessKey: key = '' } = parseConnectionString(hubConnectionString);
    const wire = await AmqpWire.open(hub, 'tls');
    await wire.putToken(hostName, signSas(hostName, key, Math.ceil(Date.now() / 1_000) + TOKEN_SECONDS, policy));
    const sender = wire.connection.open_sender('/messages/devicebound');
    await happens(sender, 'sendable', ['sender_close']);
    return new CommandSender(wire, sender);
  }

  async send(deviceId: string, messageId: string): Promise<void> {
    const to = `/devices/${encodeURIComponent(deviceId)}/messages/devicebound`;
    const { id } = this.#sender.send({ message_id: messageId, to, body: 'blink' });
    await within(this.#waiting.add(id), ACKNOWLEDGED_MS_MAX, 'disposition');
  }

  cut(): void {
    this.#wire.cut();
  }

  close(): Promise<void> {
    return this.#wire.close();
  }
}

/** What a back end does all day: commands for some devices, methods of others. It lives through the server's death too. */
export class BackEnd {
  readonly #hub: HubAddress;
  readonly #devices: readonly SoakDevice[];
  readonly #ledger: Ledger;
  readonly #random: () => number;
  readonly #leaving: AbortSignal;
  #lastCommand = 0;
  commandsRefused = 0;
  readonly methods = { answered: 0, offline: 0, failed: 0 };
  lastFailure = '';

  constructor(options: {
    hub: HubAddress;
    devices: readonly SoakDevice[];
    ledger: Ledger;
    random: () => number;
    leaving: AbortSignal;
  }) {
    this.#hub = options.hub;
    this.#devices = options.devices;
    this.#ledger = options.ledger;
    this.#random = options.random;
    this.#leaving = options.leaving;
  }

  /**
   * Raw AMQP rather than the official client: azure-iothub 1.16.6 ends its process by endless recursion (`getErrorName`) when
   * the server's socket is reset under it.
   */
  async sendCommands(everyMs: number): Promise<void> {
    let sender: CommandSender | undefined;
    while (!this.#leaving.aborted) {
      try {
        sender ??= await CommandSender.open(this.#hub);
        const { deviceId } = this.#anyDevice().device;
        const messageId = `c-${++this.#lastCommand}`;
        await sender.send(deviceId, messageId);
        this.#ledger.commandAccepted(messageId, deviceId);
      } catch (error) {
        this.commandsRefused++;
        this.#note(error);
        sender?.cut();
        sender = undefined;
      }
      await this.#pause(everyMs);
    }
    await sender?.close();
  }

  async callMethods(everyMs: number): Promise<void> {
    const client = iotHub.Client.fromConnectionString(this.#hub.ready.hubConnectionString);
    while (!this.#leaving.aborted) {
      const device = this.#anyDevice();
      if (device.transport.startsWith('mqtt')) {
        try {
          await client.invokeDeviceMethod(device.device.deviceId, { methodName: 'ping', responseTimeoutInSeconds: 10 });
          this.methods.answered++;
        } catch (error) {
          if (error instanceof Error && error.name === 'DeviceNotFoundError') this.methods.offline++;
          else this.methods.failed++;
          this.#note(error);
        }
      }
      await this.#pause(everyMs);
    }
  }

  #anyDevice(): SoakDevice {
    return this.#devices[Math.floor(this.#random() * this.#devices.length)] as SoakDevice;
  }

  #note(error: unknown): void {
    this.lastFailure = error instanceof Error ? error.message : String(error);
  }

  async #pause(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.#leaving }).catch(() => undefined);
  }
}
