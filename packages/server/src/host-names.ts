import { lookup } from 'node:dns/promises';
import { hostname, networkInterfaces } from 'node:os';
import type { ServerConfig } from './config.ts';

/** By which names this server is reached. */
export interface HostNames {
  /** The one that is given out: clients on this machine reach it and can verify it. */
  readonly preferred: string;
  /** All, `preferred` first, lower case: what the certificate covers and tokens may name. */
  readonly all: readonly string[];
}

type NamingConfig = Pick<ServerConfig, 'bindAddress' | 'hostNames' | 'amqpPlainBind'>;

/** `--bind` decides, then the first of `--host-names`, then this machine's name where it resolves here, then `localhost`. */
export async function findHostNames(config: NamingConfig): Promise<HostNames> {
  const machine = hostname().toLowerCase();
  const addresses = localAddresses();
  const preferred = config.bindAddress ?? config.hostNames[0] ?? (await resolvesHere(machine, addresses));
  const bound = config.bindAddress === undefined ? addresses : [config.bindAddress];
  const { amqpPlainBind: plainAddress } = config;
  const plain = plainAddress === undefined || isEveryAddress(plainAddress) ? [] : [plainAddress];
  const names = [...config.hostNames, 'localhost', ...nameOf(machine), ...bound, ...plain];
  const all = new Set([preferred.toLowerCase(), ...names]);
  return { preferred: preferred.toLowerCase(), all: [...all] };
}

/** Listened on, never connected to. */
export function isEveryAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

async function resolvesHere(machine: string, addresses: readonly string[]): Promise<string> {
  try {
    const found = await lookup(machine, { all: true });
    const here = found.every(({ address }) => addresses.includes(address) || address.startsWith('127.'));
    return found.length > 0 && here ? machine : 'localhost';
  } catch {
    // A machine whose name nobody can resolve is common, and no fault of the operator's.
    return 'localhost';
  }
}

function localAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  // Link-local IPv6 needs a zone to be reached, which neither a certificate nor a connection string can carry.
  return all.map(({ address }) => address).filter((address) => !address.startsWith('fe80:'));
}

function nameOf(machine: string): string[] {
  return /^[a-z0-9.-]{1,253}$/.test(machine) ? [machine] : [];
}

/** `host`, or `host:port` where the port is not what clients assume. IPv6 addresses go in brackets. */
export function withPort(hostName: string, port: number, usual: number): string {
  const host = hostName.includes(':') ? `[${hostName}]` : hostName;
  return port === usual ? host : `${host}:${port}`;
}
