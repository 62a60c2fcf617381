import { SYSTEM_PROPERTY_BY_BAG_KEY, type SystemPropertyName } from '@viaduct/contracts';
import type { CommandRecord } from '../../core/ports.ts';
import { isoTime } from '../../core/record/append-happening.ts';

/**
 * A message's properties as HTTP headers, both ways. Pure.
 *
 *     iothub-messageid: m1        a system property; names in any case
 *     iothub-app-Level: high      an application property "Level"
 *
 * Header values are Latin-1 to every SDK (Node, .NET and Java read them so), and no SDK decodes anything more. So a value to a
 * device that is Latin-1 text goes as it is, and any other is percent-encoded UTF-8: readable where firmware decodes it, and
 * harmless where it does not. From a device, bytes that are UTF-8 are taken for that, for C clients send what they have.
 */
const SYSTEM_PROPERTY_BY_HEADER: Readonly<Record<string, SystemPropertyName>> = {
  'iothub-messageid': 'messageId',
  'iothub-correlationid': 'correlationId',
  'iothub-userid': 'userId',
  'iothub-to': 'to',
  'iothub-expiry': 'absoluteExpiryTime',
  'iothub-contenttype': 'contentType',
  'iothub-contentencoding': 'contentEncoding',
  'iothub-interface-id': 'interfaceId',
  'iothub-creation-time-utc': 'creationTimeUtc',
  'iothub-message-schema': 'messageSchema',
  'iothub-outputname': 'outputName',
  'dt-subject': 'component',
};
const APPLICATION_PREFIX = 'iothub-app-';

const BAG_KEY = new Map(Object.entries(SYSTEM_PROPERTY_BY_BAG_KEY).map(([key, name]) => [name, key]));

/** The pair of the log's property bag that a header, or a property of a batch, stands for; undefined for any other header. */
export function bagPair(header: string, value: string): string | undefined {
  const lower = header.toLowerCase();
  const system = Object.hasOwn(SYSTEM_PROPERTY_BY_HEADER, lower) ? SYSTEM_PROPERTY_BY_HEADER[lower] : undefined;
  if (system !== undefined) return `${encodeURIComponent(BAG_KEY.get(system) ?? '')}=${encodeURIComponent(value)}`;
  if (!lower.startsWith(APPLICATION_PREFIX)) return undefined;
  const name = header.slice(APPLICATION_PREFIX.length);
  // In a bag, `$.` is how system properties begin: an application property may not pass for one.
  return name === '' || name.startsWith('$.') ? undefined : `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}

/** The bag in a request's raw headers: names in the case in which they were sent, which Node's `headers` forget. */
export function bagInHeaders(rawHeaders: readonly string[]): string {
  const pairs: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const pair = bagPair(rawHeaders[at] as string, receivedText(rawHeaders[at + 1] as string));
    if (pair !== undefined) pairs.push(pair);
  }
  return pairs.join('&');
}

/** Node hands out bytes as Latin-1. */
function receivedText(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  const text = Buffer.from(value, 'latin1').toString('utf8');
  return text.includes('\uFFFD') ? value : text;
}

/** Everything about a command but its body and its media type: what a device needs to read it, and to settle it. */
export function commandHeaders(command: CommandRecord): [name: string, value: string][] {
  const { system, application, ack, identity } = command;
  const headers: [string, string | undefined][] = [
    ['ETag', `"${command.lockToken ?? ''}"`],
    ['iothub-messageid', system.messageId],
    ['iothub-correlationid', system.correlationId],
    ['iothub-userid', system.userId],
    ['iothub-to', system.to ?? `${pathOf(identity)}/messages/devicebound`],
    ['iothub-expiry', isoTime(command.expiryTime)],
    ['iothub-enqueuedtime', isoTime(command.enqueuedTime)],
    ['iothub-deliverycount', String(command.deliveryCount)],
    ['iothub-sequencenumber', String(command.sequenceNumber)],
    ['iothub-ack', ack === 'none' ? undefined : ack],
    ['iothub-contenttype', system.contentType],
    // HTTP's own header would make clients unpack: this one names a character set.
    ['iothub-contentencoding', system.contentEncoding],
    ...Object.entries(application).map(([name, value]): [string, string] => [headerName(name), value]),
  ];
  return headers.flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, headerText(value)]],
  );
}

function pathOf({ deviceId, moduleId }: CommandRecord['identity']): string {
  const device = `/devices/${encodeURIComponent(deviceId)}`;
  return moduleId === undefined ? device : `${device}/modules/${encodeURIComponent(moduleId)}`;
}

const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;[\x20-\x7e]*)?$/;

/** The command's own content type where it can be one, else plain bytes. */
export function commandMediaType({ system: { contentType } }: CommandRecord): string {
  return contentType !== undefined && MEDIA_TYPE.test(contentType) ? contentType : 'application/octet-stream';
}

function headerText(value: string): string {
  // White space at the ends does not survive HTTP.
  const isHeaderText = /^[\x20-\x7e\xa0-\xff]*$/.test(value) && value.trim() === value;
  return isHeaderText ? value : percentEncoded(value, (byte) => byte >= 0x21 && byte <= 0x7e && byte !== 0x25);
}

/** A header name is a token (RFC 9110 §5.6.2): what cannot be in one is percent-encoded. */
function headerName(name: string): string {
  const isToken = (byte: number) => /[\w!#$%&'*+.^`|~-]/.test(String.fromCharCode(byte));
  return `${APPLICATION_PREFIX}${percentEncoded(name, isToken)}`;
}

function percentEncoded(text: string, mayStay: (byte: number) => boolean): string {
  let encoded = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    encoded += mayStay(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
