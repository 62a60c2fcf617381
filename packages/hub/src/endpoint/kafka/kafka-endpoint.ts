import type { EndpointAdapter } from '../../core/routing/endpoint.ts';
import { KAFKA_SECRET_FIELDS, type KafkaConfiguration, readKafkaConfiguration } from './kafka-configuration.ts';
import { KafkaConnection, kafkaAddress } from './kafka-connection.ts';

/** Kafka, and what speaks its protocol. */
export const KAFKA_ENDPOINT: EndpointAdapter<KafkaConfiguration> = {
  kind: 'kafka',
  secretFields: KAFKA_SECRET_FIELDS,
  read: readKafkaConfiguration,
  address: kafkaAddress,
  open: (configuration, signal) => KafkaConnection.open(configuration, signal),
};
