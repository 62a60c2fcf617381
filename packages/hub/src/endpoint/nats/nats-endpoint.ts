import type { EndpointAdapter } from '../../core/routing/endpoint.ts';
import { NATS_SECRET_FIELDS, type NatsConfiguration, readNatsConfiguration } from './nats-configuration.ts';
import { NatsEndpointConnection, natsAddress } from './nats-connection.ts';

/** NATS, with and without JetStream. */
export const NATS_ENDPOINT: EndpointAdapter<NatsConfiguration> = {
  kind: 'nats',
  secretFields: NATS_SECRET_FIELDS,
  read: readNatsConfiguration,
  address: natsAddress,
  open: (configuration, signal) => NatsEndpointConnection.open(configuration, signal),
};
