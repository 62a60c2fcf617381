import type { EndpointAdapter } from '../../core/routing/endpoint.ts';
import { MQTT_SECRET_FIELDS, type MqttConfiguration, readMqttConfiguration } from './mqtt-configuration.ts';
import { MqttConnection, mqttAddress } from './mqtt-connection.ts';

/** A broker that speaks MQTT 5. */
export const MQTT_ENDPOINT: EndpointAdapter<MqttConfiguration> = {
  kind: 'mqtt',
  secretFields: MQTT_SECRET_FIELDS,
  read: readMqttConfiguration,
  address: mqttAddress,
  open: (configuration, signal) => MqttConnection.open(configuration, signal),
};
