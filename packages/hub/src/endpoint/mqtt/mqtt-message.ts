import type { IClientPublishOptions } from 'mqtt';
import { generate } from 'mqtt-packet';
import type { RoutedMessage } from '../../core/routing/endpoint.ts';
import { percentEscape } from '../address-template.ts';
import { messageHeaders } from '../message-headers.ts';

export interface MqttPublish {
  readonly topic: string;
  readonly payload: Buffer;
  readonly options: IClientPublishOptions;
}

export interface MqttPublishOptions {
  readonly topic: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/**
 * A PUBLISH: everything that the message carries in user properties, and its content type also where MQTT has a place for it.
 * A text of MQTT has no NUL; one that a device said becomes %00.
 */
export function mqttPublish(message: RoutedMessage, { topic, qos, retain }: MqttPublishOptions): MqttPublish {
  const userProperties = Object.fromEntries(
    messageHeaders(message).map(([name, value]) => [mqttText(name), mqttText(value)]),
  );
  const { contentType } = message.system;
  return {
    topic,
    payload: message.body,
    options: {
      qos,
      retain,
      properties: { ...(contentType === undefined ? {} : { contentType: mqttText(contentType) }), userProperties },
    },
  };
}

/** Why no broker can take it; undefined when one can. `most`: the broker's Maximum Packet Size. */
export function whyUnsendable({ topic, payload, options }: MqttPublish, most: number): string | undefined {
  const { contentType = '', userProperties = {} } = options.properties ?? {};
  let bytes = payload.length + Buffer.byteLength(topic) + Buffer.byteLength(contentType) + HEAD_BYTES_MAX;
  for (const [name, value] of Object.entries(userProperties as Record<string, string>)) {
    const [nameBytes, valueBytes] = [Buffer.byteLength(name), Buffer.byteLength(value)];
    if (Math.max(nameBytes, valueBytes) > TEXT_BYTES_MAX)
      return `a property has more than the ${TEXT_BYTES_MAX} bytes that a text of MQTT may have`;
    bytes += nameBytes + valueBytes + PROPERTY_HEAD_BYTES;
  }
  if (bytes <= most) return undefined;
  // The sum is an upper bound, a few bytes too large: only now is it worth to build the packet.
  const { qos = 0, retain = false, properties = {} } = options;
  const packet = { cmd: 'publish', topic, payload, qos, retain, properties, messageId: 1, dup: false } as const;
  const exact = generate(packet, { protocolVersion: 5 }).length;
  return exact <= most ? undefined : `its packet has ${exact} bytes; ${most} are taken`;
}

/** MQTT 5 §1.5.4: the length of a text has two bytes. */
const TEXT_BYTES_MAX = 65_535;
/** An identifier and two lengths. */
const PROPERTY_HEAD_BYTES = 5;
/** Fixed header, topic length, packet identifier, property length, content type's head. */
const HEAD_BYTES_MAX = 5 + 2 + 2 + 4 + 3;

function mqttText(text: string): string {
  return text.replaceAll('\0', percentEscape('\0'));
}
