import { HubError } from '@viaduct/contracts';
import mqttPacket, { type Packet } from 'mqtt-packet';

/** MQTT control packet types: the high nibble of the first byte. Source: MQTT 3.1.1 §2.2.1, table 2.1. */
export const PacketType = {
  connect: 1,
  publish: 3,
  puback: 4,
  subscribe: 8,
  unsubscribe: 10,
  pingreq: 12,
  disconnect: 14,
} as const;

/**
 * One complete packet, decoded by mqtt-packet: for everything but PUBLISH, which has a path of its own.
 *
 * @throws HubError packet.malformed
 */
export function decodePacket(bytes: Buffer): Packet {
  let packet: Packet | undefined;
  let failure: unknown;
  const parser = mqttPacket.parser({ protocolVersion: 4 });
  parser.on('packet', (decoded: Packet) => {
    packet = decoded;
  });
  parser.on('error', (error: unknown) => {
    failure = error;
  });
  try {
    parser.parse(bytes);
  } catch (error) {
    failure = error;
  }
  if (packet === undefined || failure !== undefined) {
    const why = failure instanceof Error ? failure.message : 'the packet ends too early';
    throw new HubError('packet.malformed', `an MQTT packet cannot be read: ${why}`, { cause: failure });
  }
  return packet;
}

/** PUBACKs of many messages in one buffer: 4 bytes each. Source: MQTT 3.1.1 §3.4. */
export function encodePubacks(packetIds: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(packetIds.length * 4);
  for (let i = 0, at = 0; i < packetIds.length; i++, at += 4) {
    const id = packetIds[i] as number;
    bytes[at] = PacketType.puback << 4;
    bytes[at + 1] = 2;
    bytes[at + 2] = id >> 8;
    bytes[at + 3] = id & 0xff;
  }
  return bytes;
}

/** Source: MQTT 3.1.1 §3.2.2. */
export function encodeConnack(returnCode: number, sessionPresent: boolean): Buffer {
  return Buffer.from([0x20, 2, sessionPresent ? 1 : 0, returnCode]);
}

/** Source: MQTT 3.1.1 §3.9. 0x80 refuses a filter. */
export function encodeSuback(messageId: number, granted: readonly number[]): Buffer {
  return Buffer.from(mqttPacket.generate({ cmd: 'suback', messageId, granted: [...granted] }));
}

export function encodeUnsuback(messageId: number): Buffer {
  return Buffer.from([0xb0, 2, messageId >> 8, messageId & 0xff]);
}

export const PINGRESP = Buffer.from([0xd0, 0]);

export interface OutgoingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Present for QoS 1. */
  readonly packetId?: number;
  readonly duplicate?: boolean;
}

/** A PUBLISH to the device; RETAIN is never set. */
export function encodePublish({ topic, payload, packetId, duplicate = false }: OutgoingMessage): Buffer {
  return mqttPacket.generate({
    cmd: 'publish',
    topic,
    payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
    qos: packetId === undefined ? 0 : 1,
    dup: duplicate,
    retain: false,
    ...(packetId === undefined ? {} : { messageId: packetId }),
  });
}
