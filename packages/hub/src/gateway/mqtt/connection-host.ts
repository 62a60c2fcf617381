import type { Hub } from '../../core/hub.ts';
import type { MqttConnection } from './mqtt-connection.ts';
import type { MqttGuest } from './mqtt-guest.ts';

/** What the gateway lends each of its connections. */
export interface ConnectionHost {
  readonly hub: Hub;
  readonly guests: readonly MqttGuest[];
  /** A bug of ours, caught at this connection; it is closed, the others go on. */
  fault(error: unknown, facts: { readonly deviceId: string | null; readonly remoteAddress: string }): void;
  accepted(messages: number): void;
  closed(connection: MqttConnection): void;
}
