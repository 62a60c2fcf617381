import { EndpointAdapters } from '../core/routing/endpoint.ts';
import { AMQP_ENDPOINT } from './amqp/amqp-endpoint.ts';
import { KAFKA_ENDPOINT } from './kafka/kafka-endpoint.ts';
import { MQTT_ENDPOINT } from './mqtt/mqtt-endpoint.ts';
import { NATS_ENDPOINT } from './nats/nats-endpoint.ts';

/** Every kind of endpoint, one line each. */
export function endpointAdapters(): EndpointAdapters {
  return new EndpointAdapters([AMQP_ENDPOINT, KAFKA_ENDPOINT, NATS_ENDPOINT, MQTT_ENDPOINT]);
}
