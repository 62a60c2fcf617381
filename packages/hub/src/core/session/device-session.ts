import type { DeviceIdentity, HubError } from '@viaduct/contracts';
import type { JsonObject, SessionTransport } from '../ports.ts';

/** One live connection of one identity, as the core sees it: whichever gateway holds the socket fills this. */
export interface DeviceSession {
  readonly identity: DeviceIdentity;
  readonly transport: SessionTransport;
  readonly remoteAddress: string;
  /** Milliseconds since 1970. */
  readonly connectedTime: number;
  readonly lastActivityTime: number;
  /** Whether a method call can be delivered now. */
  readonly listensForMethods: boolean;

  /** Delivers a call and resolves with the device's answer. Rejects when the connection ends or `signal` aborts. */
  invokeMethod(call: MethodCall, signal: AbortSignal): Promise<MethodAnswer>;

  /** The desired section changed; `patch` carries `$version`. Sessions that did not ask for it do nothing. */
  desiredChanged(patch: JsonObject): void;

  /** A command waits in the queue, or may: fetch what there is room for. */
  commandsWaiting(): void;

  /** Ends the connection from our side. The reason is for the log and the operator; MQTT cannot tell the device. */
  close(reason: HubError): void;
}

export interface MethodCall {
  readonly methodName: string;
  /** JSON text, or empty when the caller sent no payload. */
  readonly payload: Buffer;
}

export interface MethodAnswer {
  readonly status: number;
  /** As the device sent it: JSON text, or empty. */
  readonly payload: Buffer;
}
