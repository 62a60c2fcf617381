import { type DeviceIdentity, isValidId } from '@viaduct/contracts';

/**
 * The addresses of links. Pure: text in, a meaning out; never throws.
 *
 *     $cbs                                                 put tokens
 *     $management · {eventHub}/$management                 ask about the event hub and its partitions
 *     {eventHub}/ConsumerGroups/{group}/Partitions/{n}     read events
 *     {eventHub}[/Partitions/{n}] · …/Publishers/{p}       publish events, which this hub refuses
 *     messages/events[/…]                                  the same by the hub's own name: redirected
 *     messages/devicebound                                 send commands
 *     messages/serviceBound/feedback · …/filenotifications hear what became of commands and uploads
 *     devices/{d}[/modules/{m}]/messages/events            telemetry; what a module's inputs get, to who receives
 *     devices/{d}[/modules/{m}]/messages/devicebound       commands to one identity
 *     devices/{d}[/modules/{m}]/methods/devicebound        methods
 *     devices/{d}[/modules/{m}]/twin                       twin
 *
 * With or without a leading slash, or as `amqps://host[:port]/…`; words and the event hub's name in any case, ids as they
 * are. Source: docs/protocol/amqp.md
 */
export type AmqpAddress =
  | { readonly kind: 'cbs' | 'management' | 'publish' | 'commands' | 'feedback' | 'fileNotifications' | 'unknown' }
  | { readonly kind: 'consumer'; readonly group: string; readonly partition: string }
  /** `rest`: what follows `messages/events`, with its slash; empty for nothing. */
  | { readonly kind: 'redirect'; readonly rest: string }
  | { readonly kind: 'device'; readonly identity: DeviceIdentity; readonly purpose: DevicePurpose };

/** What a device's own link is for. */
export type DevicePurpose = 'events' | 'commands' | 'methods' | 'twin';

const CONSUMER = /^consumergroups\/([^/]+)\/partitions\/([^/]+)$/i;
const DEVICE = /^devices\/([^/]+)(?:\/modules\/([^/]+))?\/([^/]+(?:\/[^/]+)?)$/i;
const DEVICE_PURPOSES: ReadonlyMap<string, DevicePurpose> = new Map([
  ['messages/events', 'events'],
  ['messages/devicebound', 'commands'],
  ['methods/devicebound', 'methods'],
  ['twin', 'twin'],
]);
const SERVICE_ADDRESSES: ReadonlyMap<string, AmqpAddress> = new Map([
  ['$cbs', { kind: 'cbs' }],
  ['$management', { kind: 'management' }],
  ['messages/devicebound', { kind: 'commands' }],
  ['messages/servicebound/feedback', { kind: 'feedback' }],
  ['messages/servicebound/filenotifications', { kind: 'fileNotifications' }],
  ['messages/servicebound/fileuploadnotifications', { kind: 'fileNotifications' }],
]);

export function parseAmqpAddress(address: string, eventHubName: string): AmqpAddress {
  const path = pathOf(address);
  const known = SERVICE_ADDRESSES.get(path.toLowerCase());
  if (known !== undefined) return known;

  const redirected = after(path, 'messages/events');
  if (redirected !== undefined) return { kind: 'redirect', rest: redirected === '' ? '' : `/${redirected}` };

  const device = deviceAddress(path);
  if (device !== undefined) return device;

  const entity = after(path, eventHubName);
  return entity === undefined ? { kind: 'unknown' } : entityAddress(entity);
}

function deviceAddress(path: string): AmqpAddress | undefined {
  const [, device, module, words] = DEVICE.exec(path) ?? [];
  const purpose = DEVICE_PURPOSES.get(words?.toLowerCase() ?? '');
  if (device === undefined || purpose === undefined) return undefined;
  const identity = identityOf(device, module);
  return identity && { kind: 'device', identity, purpose };
}

/** Ids as they are escaped in addresses, tokens and user names; undefined when no device may have them. */
export function identityOf(device: string, module: string | undefined): DeviceIdentity | undefined {
  const deviceId = percentDecoded(device);
  if (!isValidId(deviceId)) return undefined;
  if (module === undefined) return { deviceId };
  const moduleId = percentDecoded(module);
  return isValidId(moduleId) ? { deviceId, moduleId } : undefined;
}

function entityAddress(entity: string): AmqpAddress {
  if (entity.toLowerCase() === '$management') return { kind: 'management' };
  const [, group, partition] = CONSUMER.exec(entity) ?? [];
  if (group !== undefined && partition !== undefined) {
    return { kind: 'consumer', group: percentDecoded(group), partition };
  }
  return entity === '' || /^(partitions|publishers)\/[^/]+$/i.test(entity) ? { kind: 'publish' } : { kind: 'unknown' };
}

/** What a token's resource or a link's address is about, without scheme, host and slashes around it. */
function pathOf(address: string): string {
  const path = address.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/^\/+/, '');
  // By hand: a pattern of slashes before the end takes the square of their number, and strangers choose addresses.
  let end = path.length;
  while (path[end - 1] === '/') end--;
  return path.slice(0, end);
}

/** What follows `prefix` and a slash; empty when nothing does; undefined when the path begins otherwise. */
function after(path: string, prefix: string): string | undefined {
  if (path.slice(0, prefix.length).toLowerCase() !== prefix.toLowerCase()) return undefined;
  if (path.length === prefix.length) return '';
  return path[prefix.length] === '/' ? path.slice(prefix.length + 1) : undefined;
}

export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone % stands for itself; no id will match it, or one with it does.
    return text;
  }
}
