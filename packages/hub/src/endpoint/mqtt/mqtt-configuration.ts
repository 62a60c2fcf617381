import { LIMITS } from '@viaduct/contracts';
import type { JsonObject } from '../../core/ports.ts';
import { AddressTemplate, unknownPlaceholder } from '../address-template.ts';
import { ConfigurationFields } from '../configuration-fields.ts';
import { readTrustFields, requireTlsFor, type TrustFields } from '../trust-fields.ts';

/** A broker that speaks MQTT 5. */
export interface MqttConfiguration extends TrustFields {
  readonly kind: 'mqtt';
  /** `mqtt://host:1883` or `mqtts://host:8883`; a name and password in it are moved to their own fields. */
  readonly url: string;
  /** With `{deviceId}` and `{source}`. */
  readonly topic: string;
  /** 1: the broker acknowledged it. 0: it was written to the connection, and may be lost on the way. */
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly userName?: string;
  readonly password?: string;
  /** The broker's own choice when absent. */
  readonly clientId?: string;
}

export const MQTT_SECRET_FIELDS = ['password', 'privateKey'] as const;

const URL_RULE = {
  max: LIMITS.ENDPOINT_ADDRESS_CHARACTERS_MAX,
  pattern: /^mqtts?:\/\/[^/?#]+\/?$/,
  looks: 'mqtt://host:port or mqtts://host:port',
};
const TOPIC = {
  max: LIMITS.ENDPOINT_ADDRESS_CHARACTERS_MAX,
  pattern: /^[^+#$\p{Cc}][^+#\p{Cc}]*$/u,
  looks: 'a topic without "+" and "#" that does not begin with "$"',
};
const NAME = { max: LIMITS.ENDPOINT_NAME_CHARACTERS_MAX };
const SECRET = { max: LIMITS.ENDPOINT_SECRET_CHARACTERS_MAX };

/** @throws HubError argument.invalid */
export function readMqttConfiguration(json: JsonObject): MqttConfiguration {
  const fields = new ConfigurationFields(json);
  fields.choice('kind', ['mqtt'], 'mqtt');
  const { url, userName: nameInUrl, password: passwordInUrl } = fields.url('url', URL_RULE);
  const trust = readTrustFields(fields);
  requireTlsFor(fields, trust, url.startsWith('mqtts:'), 'the URL begins with mqtts://');
  const userName = fields.optionalText('userName', NAME) ?? nameInUrl;
  const password = fields.optionalText('password', SECRET) ?? passwordInUrl;
  const clientId = fields.optionalText('clientId', NAME);
  const topic = fields.text('topic', TOPIC);
  const unknown = unknownPlaceholder(topic);
  if (unknown !== undefined) throw fields.refuse('topic', `has ${unknown}; there are {deviceId} and {source}`);
  const configuration: MqttConfiguration = {
    kind: 'mqtt',
    url,
    topic,
    qos: fields.choice('qos', [0, 1] as const, 1),
    retain: fields.flag('retain', false),
    ...(userName === undefined ? {} : { userName }),
    ...(password === undefined ? {} : { password }),
    ...(clientId === undefined ? {} : { clientId }),
    ...trust,
  };
  fields.end();
  return configuration;
}

/** What would separate levels or match several: escaped in what is filled in. */
export function mqttTopic(configuration: MqttConfiguration): AddressTemplate {
  return new AddressTemplate(configuration.topic, /[/+#$%\p{Cc}]/gu);
}
