import type { DeviceIdentity, ErrorCode } from '@viaduct/contracts';

export type Transport = 'mqtt' | 'mqtt-ws' | 'amqp' | 'amqp-ws' | 'https';

/** What a session came by. `simulation`: no socket at all; the device is made up by the server. */
export type SessionTransport = Transport | 'simulation';

/** One stay of an identity, as the console tells it. Times are ms since 1970. */
export interface ConnectionRecord extends DeviceIdentity {
  readonly transport: SessionTransport;
  readonly remoteAddress: string;
  readonly connectedTime: number;
  /** Null while it lasts. */
  readonly disconnectedTime: number | null;
  /** Why it ended; null while it lasts and when the device left in order. */
  readonly reason: { readonly code: ErrorCode; readonly message: string } | null;
}

export interface ConnectionStore {
  /** Newest first; bounded by LIMITS.CONNECTIONS_PER_DEVICE_MAX. */
  list(identity: DeviceIdentity): Promise<readonly ConnectionRecord[]>;
  /** Written behind, many at a time; equal identity and connectedTime replace. The oldest of an identity go past the bound. */
  save(records: readonly ConnectionRecord[]): Promise<void>;
  /** At start: ends what a crash left open, with this reason. Returns whose stay was ended. */
  endAll(
    now: number,
    reason: { readonly code: ErrorCode; readonly message: string },
  ): Promise<readonly ConnectionRecord[]>;
}

export interface KeepsConnections {
  readonly connections: ConnectionStore;
}
