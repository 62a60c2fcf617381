import type { DeviceIdentity } from '@viaduct/contracts';

/** MQTT session of an identity that connects with cleanSession=0: its filters and granted QoS. */
export interface SubscriptionStore {
  find(identity: DeviceIdentity): Promise<ReadonlyMap<string, 0 | 1> | undefined>;
  save(identity: DeviceIdentity, subscriptions: ReadonlyMap<string, 0 | 1>): Promise<void>;
  remove(identity: DeviceIdentity): Promise<void>;
}

export interface KeepsSubscriptions {
  readonly subscriptions: SubscriptionStore;
}
