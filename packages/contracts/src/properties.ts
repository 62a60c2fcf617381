import { type MessageProperties, SYSTEM_PROPERTY_BY_BAG_KEY, type SystemPropertyName } from './message.ts';

/**
 * The property bag at the end of a topic: `%24.mid=m1&level=high&flag`. Pure.
 *
 * Reading is lenient, because the bag was stored as it came and must be readable for ever: a broken escape stays as text, a
 * key without `=` has the value "", the first of two equal keys wins, a trailing `/` is dropped. System keys start with `$.`
 * and come raw or escaped. Names that only the hub may stamp are dropped.
 */
export function parsePropertyBag(bag: string): MessageProperties {
  const system: Partial<Record<SystemPropertyName, string>> = {};
  const application: Record<string, string> = Object.create(null) as Record<string, string>;
  const text = bag.endsWith('/') ? bag.slice(0, -1) : bag;
  if (text === '') return { system, application };

  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = percentDecoded(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : percentDecoded(pair.slice(equals + 1));
    const systemName = systemPropertyName(key);
    if (systemName !== undefined) system[systemName] ??= value;
    else if (key !== '' && !key.startsWith('$.') && !isStampedByHub(key)) application[key] ??= value;
  }
  return { system, application };
}

const BAG_KEY_BY_SYSTEM_PROPERTY = Object.fromEntries(
  Object.entries(SYSTEM_PROPERTY_BY_BAG_KEY).map(([key, name]) => [name, key]),
) as Record<SystemPropertyName, string>;

/** The order in which commands to devices carry system properties; some clients read by position. */
const COMMAND_ORDER = [
  'messageId',
  'absoluteExpiryTime',
  'to',
  'correlationId',
  'userId',
  'contentType',
  'contentEncoding',
] as const satisfies readonly SystemPropertyName[];

/**
 * A bag for a message to a device: system properties first, `$` escaped (the C and Java clients know only `%24.`), nothing
 * with an empty value (they choke on it), never a trailing slash.
 */
export function formatPropertyBag({ system, application }: MessageProperties, ack?: string): string {
  const pairs: string[] = [];
  for (const name of COMMAND_ORDER) {
    const value = system[name];
    if (value) pairs.push(`${encodeURIComponent(BAG_KEY_BY_SYSTEM_PROPERTY[name])}=${encodeURIComponent(value)}`);
  }
  if (ack !== undefined && ack !== 'none') pairs.push(`iothub-ack=${ack}`);
  for (const [name, value] of Object.entries(application)) {
    if (value !== '') pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  }
  return pairs.join('&');
}

/** Names that speak for the hub; a client that sends them is not believed. */
export function isStampedByHub(name: string): boolean {
  const lower = name.toLowerCase();
  return lower.startsWith('iothub-connection-') || lower === 'iothub-enqueuedtime' || lower === 'iothub-message-source';
}

function systemPropertyName(key: string): SystemPropertyName | undefined {
  return Object.hasOwn(SYSTEM_PROPERTY_BY_BAG_KEY, key)
    ? SYSTEM_PROPERTY_BY_BAG_KEY[key as keyof typeof SYSTEM_PROPERTY_BY_BAG_KEY]
    : undefined;
}

function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // Not a percent escape after all: a stored bag must stay readable, so the text stands for itself.
    return text;
  }
}
