import type { ErrorCode } from '@viaduct/contracts';
import type { Transport } from './connection.ts';

/** Something a client was refused, as an operator reads it. Equal ones of a device in a row are counted, not repeated. */
export interface RefusalRecord {
  /** The id the client claimed; it need not exist. Null when it claimed none that is valid. */
  readonly deviceId: string | null;
  readonly code: ErrorCode;
  readonly message: string;
  readonly transport: Transport;
  readonly remoteAddress: string;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly count: number;
}

export type NewRefusal = Omit<RefusalRecord, 'firstTime' | 'lastTime' | 'count'>;

export interface RefusalStore {
  /** Newest first; bounded by LIMITS.REFUSALS_PER_DEVICE_MAX. `null` asks for those without a device. */
  list(deviceId: string | null): Promise<readonly RefusalRecord[]>;
  save(refusals: readonly RefusalRecord[]): Promise<void>;
}
