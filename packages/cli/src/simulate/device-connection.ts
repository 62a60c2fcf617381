import type { ServerAddress } from '../server-address.ts';

/** One simulated device that is connected. */
export interface DeviceConnection {
  /** Resolves when the hub has acknowledged the message. */
  send(body: string): Promise<void>;
  close(): Promise<void>;
}

export interface DeviceCredential {
  readonly deviceId: string;
  /** Base64. */
  readonly key: string;
  readonly connectionString: string;
}

export interface ConnectDevice {
  readonly address: ServerAddress;
  readonly credential: DeviceCredential;
  /** PEM. */
  readonly ca: string | undefined;
  /** The connection has ended, and not by `close`. */
  readonly onLost: (error: Error) => void;
}

export type Connect = (options: ConnectDevice) => Promise<DeviceConnection>;
