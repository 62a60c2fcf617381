import type { ReadyFile } from '@viaduct/contracts';
import type { TestDevice } from '@viaduct/testkit';

/** One device's way to the server, whichever protocol carries it. */
export interface SoakConnection {
  /** False once the socket is gone. */
  readonly isOpen: boolean;
  /** Resolves when the server has acknowledged the message; rejects when nobody knows what became of it. */
  send(body: string): Promise<void>;
  /** Pulls the plug: no DISCONNECT, no close, no detach. */
  cut(): void;
  /** Leaves in order. */
  close(): Promise<void>;
}

export interface ConnectRequest {
  readonly ready: ReadyFile;
  /** PEM. */
  readonly ca: string;
  readonly device: TestDevice;
  /** A command arrived; it is completed when this returns. */
  readonly onCommand: (messageId: string) => void;
}

export type Connect = (request: ConnectRequest) => Promise<SoakConnection>;

/** An acknowledgement that takes longer counts as lost, as it would for a device. */
export const ACKNOWLEDGED_MS_MAX = 60_000;
export const CONNECTED_MS_MAX = 60_000;

/** Resolves like `promise`, or rejects after `ms`. */
export function within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
