/**
 * The system properties of a message: their names here and in the property bag of MQTT topics.
 * Anything a bag holds besides these is an application property.
 * Source: Azure IoT Hub message format; docs/protocol/mqtt-topics.md.
 */
export const SYSTEM_PROPERTY_BY_BAG_KEY = {
  '$.mid': 'messageId',
  '$.cid': 'correlationId',
  '$.uid': 'userId',
  '$.to': 'to',
  '$.exp': 'absoluteExpiryTime',
  '$.ct': 'contentType',
  '$.ce': 'contentEncoding',
  '$.on': 'outputName',
  '$.schema': 'messageSchema',
  '$.ctime': 'creationTimeUtc',
  '$.ifid': 'interfaceId',
  '$.sub': 'component',
  '$.diagid': 'diagnosticId',
  '$.diagctx': 'diagnosticContext',
} as const;

export type SystemPropertyName = (typeof SYSTEM_PROPERTY_BY_BAG_KEY)[keyof typeof SYSTEM_PROPERTY_BY_BAG_KEY];

export type SystemProperties = Readonly<Partial<Record<SystemPropertyName, string>>>;
export type ApplicationProperties = Readonly<Record<string, string>>;

export interface MessageProperties {
  readonly system: SystemProperties;
  readonly application: ApplicationProperties;
}

/** The system properties of a command. `inputName` is never in a bag: it is where a module hears the command, its address. */
export type CommandSystemProperties = SystemProperties & { readonly inputName?: string };

/** What a back end sends to a device: cloud-to-device message. */
export interface CommandMessage {
  readonly body: Uint8Array;
  readonly system: CommandSystemProperties;
  readonly application: ApplicationProperties;
  /** Which outcomes the back end wants to hear of. */
  readonly ack: 'none' | 'positive' | 'negative' | 'full';
}
