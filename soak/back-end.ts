import { setTimeout as wait } from 'node:timers/promises';
import iotDevice from 'azure-iot-device';
import iotHub, { type Client } from 'azure-iothub';
import type { Ledger } from './ledger.ts';
import type { SoakDevice } from './soak-device.ts';

/** What a back end does all day: commands for some devices, methods of others. It lives through the server's death too. */
export class BackEnd {
  readonly #connectionString: string;
  readonly #devices: readonly SoakDevice[];
  readonly #ledger: Ledger;
  readonly #random: () => number;
  readonly #leaving: AbortSignal;
  #lastCommand = 0;
  commandsRefused = 0;
  readonly methods = { answered: 0, offline: 0, failed: 0 };
  lastFailure = '';

  constructor(options: {
    connectionString: string;
    devices: readonly SoakDevice[];
    ledger: Ledger;
    random: () => number;
    leaving: AbortSignal;
  }) {
    this.#connectionString = options.connectionString;
    this.#devices = options.devices;
    this.#ledger = options.ledger;
    this.#random = options.random;
    this.#leaving = options.leaving;
  }

  async sendCommands(everyMs: number): Promise<void> {
    let client: Client | undefined;
    while (!this.#leaving.aborted) {
      try {
        client ??= await this.#open();
        const { deviceId } = this.#anyDevice().device;
        const command = new iotDevice.Message('blink');
        command.messageId = `c-${++this.#lastCommand}`;
        await client.send(deviceId, command);
        this.#ledger.commandAccepted(command.messageId, deviceId);
      } catch (error) {
        this.commandsRefused++;
        this.#note(error);
        await client?.close().catch((fault: unknown) => this.#note(fault));
        client = undefined;
      }
      await this.#pause(everyMs);
    }
    await client?.close();
  }

  async callMethods(everyMs: number): Promise<void> {
    const client = iotHub.Client.fromConnectionString(this.#connectionString);
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

  async #open(): Promise<Client> {
    const client = iotHub.Client.fromConnectionString(this.#connectionString);
    await client.open();
    return client;
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
