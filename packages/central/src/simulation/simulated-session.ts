import type { DeviceIdentity, HubError } from '@viaduct/contracts';
import type { Clock, DeviceSession, JsonObject, MethodAnswer, MethodCall } from '@viaduct/hub';

/** What a simulated device does when the hub turns to it. */
export interface SessionListener {
  answer(methodName: string): { readonly status: number; readonly payload: unknown };
  desiredChanged(patch: JsonObject): void;
  commandsWaiting(): void;
  /** The hub ended it: disabled, deleted, replaced by a real device, or the server stops. */
  closed(reason: HubError): void;
}

/** The connection of a device that has no socket: in the hub's book of sessions like any other. */
export class SimulatedSession implements DeviceSession {
  readonly identity: DeviceIdentity;
  readonly transport = 'simulation';
  readonly remoteAddress = 'simulation';
  readonly connectedTime: number;
  readonly listensForMethods = true;
  lastActivityTime: number;
  readonly #clock: Clock;
  readonly #listener: SessionListener;

  constructor(deviceId: string, clock: Clock, listener: SessionListener) {
    this.identity = { deviceId };
    this.connectedTime = clock.now();
    this.lastActivityTime = this.connectedTime;
    this.#clock = clock;
    this.#listener = listener;
  }

  /** The device did something. */
  touch(): void {
    this.lastActivityTime = this.#clock.now();
  }

  async invokeMethod({ methodName }: MethodCall): Promise<MethodAnswer> {
    this.touch();
    const { status, payload } = this.#listener.answer(methodName);
    return { status, payload: Buffer.from(payload === null ? '' : JSON.stringify(payload)) };
  }

  desiredChanged(patch: JsonObject): void {
    this.#listener.desiredChanged(patch);
  }

  commandsWaiting(): void {
    this.#listener.commandsWaiting();
  }

  close(reason: HubError): void {
    this.#listener.closed(reason);
  }
}
