import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * Link-local addresses: no receiver lives there, but in clouds the service that hands out a machine's credentials does
 * (169.254.169.254). Every other address may be named, the private ones too: a self-hosted hub's receivers are often there.
 * Sources: RFC 3927, RFC 4291 §2.5.6.
 */
const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet('169.254.0.0', 16, 'ipv4');
LINK_LOCAL.addSubnet('fe80::', 10, 'ipv6');
LINK_LOCAL.addSubnet('fd00:ec2::', 32, 'ipv6');

export function isLinkLocal(address: string): boolean {
  if (isIPv4(address)) return LINK_LOCAL.check(address, 'ipv4');
  return isIPv6(address) && LINK_LOCAL.check(address, 'ipv6');
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** `lookup` of Node's sockets, which refuses names that lead to such an address. */
export function lookupElsewhere(hostName: string, options: LookupOptions, callback: LookupCallback): void {
  lookup(hostName, options, (error: NodeJS.ErrnoException | null, found: string | LookupAddress[], family?: number) => {
    const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address);
    if (error === null && addresses.some(isLinkLocal)) {
      callback(Object.assign(new Error(`${hostName} is a link-local address`), { code: 'EACCES' }), found, family);
    } else callback(error, found, family);
  });
}
