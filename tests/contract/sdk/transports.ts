import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import { Http } from 'azure-iot-device-http';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';

/** The transports of the official device client, under the names that COMPATIBILITY.md gives them. */
export const TRANSPORTS = {
  mqtt: { title: 'MQTT', make: Mqtt },
  'mqtt-ws': { title: 'MQTT over WebSocket', make: MqttWs },
  amqp: { title: 'AMQP', make: Amqp },
  'amqp-ws': { title: 'AMQP over WebSocket', make: AmqpWs },
  https: { title: 'HTTPS', make: Http },
} as const;
export type TransportName = keyof typeof TRANSPORTS;

/** Those that hold a connection: all but HTTPS. */
export const CONNECTED: readonly TransportName[] = ['mqtt', 'mqtt-ws', 'amqp', 'amqp-ws'];
export const ALL: readonly TransportName[] = [...CONNECTED, 'https'];

export const isMqtt = (transport: TransportName): boolean => transport.startsWith('mqtt');
export const isAmqp = (transport: TransportName): boolean => transport.startsWith('amqp');

/** Suites of one client and credential, one a transport: `describe.each(suites(ALL))('%s', (_name, transport) => …)`. */
export function suites(
  transports: readonly TransportName[],
  { client = 'azure-iot-device', credential = 'symmetric key' } = {},
): readonly (readonly [string, TransportName])[] {
  return transports.map((transport) => [`${client} · ${TRANSPORTS[transport].title} · ${credential}`, transport]);
}
