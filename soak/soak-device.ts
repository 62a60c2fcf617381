import { setTimeout as wait } from 'node:timers/promises';
import type { ReadyFile } from '@viaduct/contracts';
import type { TestDevice } from '@viaduct/testkit';
import type { Connect, SoakConnection } from './connections/connection.ts';
import type { Ledger } from './ledger.ts';

export interface Fleet {
  readonly ready: ReadyFile;
  readonly ca: string;
  readonly ledger: Ledger;
  readonly intervalMs: number;
  /** Aborted when devices shall leave. */
  readonly leaving: AbortSignal;
  readonly random: () => number;
}

const BACK_OFF_MS = 500;
const BACK_OFF_MS_MAX = 15_000;

/** One device: connects, sends a message each interval, comes back when it loses its connection, leaves when told. */
export class SoakDevice {
  readonly device: TestDevice;
  readonly transport: string;
  readonly #connect: Connect;
  readonly #fleet: Fleet;
  #connection: SoakConnection | undefined;
  connects = 0;
  connectFailures = 0;
  sendFailures = 0;
  lastFailure = '';

  constructor(device: TestDevice, transport: string, connect: Connect, fleet: Fleet) {
    this.device = device;
    this.transport = transport;
    this.#connect = connect;
    this.#fleet = fleet;
  }

  get isConnected(): boolean {
    return this.#connection?.isOpen === true;
  }

  cut(): void {
    this.#connection?.cut();
  }

  /** Lives until the fleet leaves. Never rejects: what goes wrong is what is measured. */
  async live(): Promise<void> {
    const { leaving, intervalMs, random } = this.#fleet;
    await this.#pause(random() * intervalMs);
    let failures = 0;
    while (!leaving.aborted) {
      try {
        const connection = await this.#connected();
        await this.#sendNext(connection);
        failures = 0;
        await this.#pause(intervalMs * (0.5 + random()));
      } catch (error) {
        this.lastFailure = error instanceof Error ? error.message : String(error);
        failures++;
        await this.#pause(Math.min(BACK_OFF_MS * 2 ** failures, BACK_OFF_MS_MAX) * (0.5 + random()));
      }
    }
    await this.#leave();
  }

  async #connected(): Promise<SoakConnection> {
    if (this.#connection?.isOpen) return this.#connection;
    const { ready, ca, ledger } = this.#fleet;
    const { device } = this;
    try {
      await this.#leave();
      const onCommand = (messageId: string) => ledger.commandReceived(messageId, device.deviceId);
      this.#connection = await this.#connect({ ready, ca, device, onCommand });
      this.connects++;
      return this.#connection;
    } catch (error) {
      this.connectFailures++;
      throw error;
    }
  }

  async #sendNext(connection: SoakConnection): Promise<void> {
    const { ledger } = this.#fleet;
    const { deviceId } = this.device;
    const number = ledger.nextToSend(deviceId);
    try {
      await connection.send(String(number));
      ledger.acknowledged(deviceId, number);
    } catch (error) {
      this.sendFailures++;
      throw error;
    }
  }

  /** The connection's end in order, or whatever is left of it: a broken one has nobody to say goodbye to. */
  async #leave(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close().catch(() => connection.cut());
  }

  async #pause(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.#fleet.leaving }).catch(() => undefined);
  }
}
