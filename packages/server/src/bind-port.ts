import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Server } from 'node:net';
import { StartFault } from './start-fault.ts';

export interface BindRequest {
  readonly what: string;
  /** Undefined: every interface, IPv4 and IPv6. */
  readonly address: string | undefined;
  /** The one that clients expect, then those to try where it may not be had. */
  readonly ports: readonly [number, ...number[]];
  /** Somebody named the address: whoever is there already is the operator's to resolve, not ours to dodge. */
  readonly mustBeFree: boolean;
}

export interface BoundPort {
  readonly port: number;
  /** Why it is not the first choice. */
  readonly fellBackBecause: 'notPermitted' | 'busy' | undefined;
}

/**
 * Listens on the first port that can be had.
 *
 * @throws StartFault saying who is in the way, or what would allow it
 */
export async function bindPort(server: Server, request: BindRequest): Promise<BoundPort> {
  let because: BoundPort['fellBackBecause'];
  for (const port of request.ports) {
    const code = await listen(server, request.address, port);
    if (code === undefined) return { port, fellBackBecause: because };

    const mayDodge = code === 'EACCES' || (code === 'EADDRINUSE' && !request.mustBeFree);
    if (!mayDodge || port === request.ports.at(-1)) throw await explain(request, port, code);
    because ??= code === 'EACCES' ? 'notPermitted' : 'busy';
  }
  throw new StartFault(1, `${request.what}: no port could be bound`);
}

/** Resolves with the error code, or undefined when the server listens. */
function listen(server: Server, address: string | undefined, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const done = (code: string | undefined) => {
      server.off('error', failed).off('listening', listening);
      resolve(code);
    };
    const failed = (error: NodeJS.ErrnoException) => done(error.code ?? error.message);
    const listening = () => done(undefined);
    server.on('error', failed).on('listening', listening);
    server.listen({ port, ...(address === undefined ? {} : { host: address }), backlog: 4_096 });
  });
}

async function explain(request: BindRequest, port: number, code: string): Promise<StartFault> {
  const place = `${request.address ?? 'every interface'}, port ${port}`;
  if (code === 'EADDRINUSE') {
    const owner = await findListeningProcess(port);
    return new StartFault(
      1,
      `${request.what}: ${place} is in use${owner === undefined ? '' : ` by ${owner}`}. Stop it, or choose another address with --bind or another port.`,
    );
  }
  if (code === 'EACCES') return new StartFault(1, `${request.what}: ${place} may not be bound. ${HOW_TO_ALLOW}`);
  if (code === 'EADDRNOTAVAIL') {
    return new StartFault(1, `${request.what}: ${request.address} is not an address of this machine`);
  }
  return new StartFault(1, `${request.what}: ${place} cannot be bound (${code})`);
}

/** What lets an ordinary user bind ports below 1024. */
export const HOW_TO_ALLOW =
  'To allow it: "sudo sysctl net.ipv4.ip_unprivileged_port_start=443", or "sudo setcap cap_net_bind_service=+ep $(readlink -f $(which node))".';

const LISTEN_STATE = '0A';

/** The name and id of a process that listens on a port, as far as this user may see; Linux only. */
async function findListeningProcess(port: number): Promise<string | undefined> {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (await readOrEmpty(table)).split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      if (state === LISTEN_STATE && Number.parseInt(local.split(':')[1] ?? '', 16) === port) inodes.add(inode);
    }
  }
  for (const pid of await listOrEmpty('/proc')) {
    if (/^\d+$/.test(pid) && (await holdsSocket(pid, inodes))) {
      return `${(await readOrEmpty(`/proc/${pid}/comm`)).trim()} (process ${pid})`;
    }
  }
  return undefined;
}

async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  for (const descriptor of await listOrEmpty(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

// Other people's processes may not be looked into, and processes end while we look: then the message says less.
function readOrEmpty(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

function listOrEmpty(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
