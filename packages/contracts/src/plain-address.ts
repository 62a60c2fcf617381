/**
 * An address as people know it: a listener on all addresses sees IPv4 peers as `::ffff:192.0.2.1`. Others stay as they are.
 * Source: RFC 4291 §2.5.5.2.
 */
export function plainAddress(address: string): string {
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address) ? address.slice('::ffff:'.length) : address;
}
