import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { plainAddress } from '@viaduct/contracts';

/**
 * By which name a client reached us: the one it asked for in the TLS handshake, else the address that its connection came to. Null
 * when it has gone already. `socket`: the one that saw the handshake.
 */
export function reachedBy(socket: Duplex): string | null {
  // Node tells false where a client named no server.
  const name = socket instanceof TLSSocket ? (socket as { servername?: string | false | null }).servername : undefined;
  if (name) return name.toLowerCase();
  const address = socket instanceof Socket ? socket.localAddress : undefined;
  return address === undefined ? null : plainAddress(address);
}
