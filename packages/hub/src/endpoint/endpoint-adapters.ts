import { EndpointAdapters } from '../core/routing/endpoint.ts';
import { AMQP_ENDPOINT } from './amqp/amqp-endpoint.ts';
import { KAFKA_ENDPOINT } from './kafka/kafka-endpoint.ts';
import { MQTT_ENDPOINT } from './mqtt/mqtt-endpoint.ts';
import { NATS_ENDPOINT } from './nats/nats-endpoint.ts';
import { STORAGE_BOUNDS } from './storage/storage-configuration.ts';
import type { StoresMessages } from './storage/storage-connection.ts';
import { storageEndpoint } from './storage/storage-endpoint.ts';
import { webhookEndpoint } from './webhook/webhook-endpoint.ts';

/** Every kind of endpoint, one line each. */
export function endpointAdapters(hub: StoresMessages, profile: 'relaxed' | 'strict' = 'relaxed'): EndpointAdapters {
  return new EndpointAdapters([
    AMQP_ENDPOINT,
    KAFKA_ENDPOINT,
    NATS_ENDPOINT,
    MQTT_ENDPOINT,
    webhookEndpoint(hub),
    storageEndpoint(hub, STORAGE_BOUNDS[profile]),
  ]);
}
