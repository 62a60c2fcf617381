import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Reads a socket into one buffer that all sockets of the process share, instead of a fresh one per read: at one message a read
 * (what real fleets look like) the allocation is a third of the cost. `take` gets a view that is valid until it returns.
 *
 * Node offers this (`onread`) to sockets that connect, not to those that are accepted, although the machinery is the same: two symbols
 * on the socket and one call on its handle. Where any of the three is missing (a WebSocket stream, another runtime, a later Node),
 * plain `data` events do the same, slower. Source: Node 20, lib/net.js initSocketHandle, lib/internal/stream_base_commons.js onStreamRead.
 */
export function readStatic(socket: Duplex, take: (bytes: Buffer) => void): 'static' | 'events' {
  const symbols = socket instanceof Socket ? findSymbols(socket) : undefined;
  const handle = (socket as { _handle?: { useUserBuffer?(buffer: Uint8Array): void } })._handle;
  if (symbols === undefined || typeof handle?.useUserBuffer !== 'function') {
    socket.on('data', take);
    return 'events';
  }
  const slots = socket as unknown as Record<symbol, unknown>;
  slots[symbols.buffer] = shared;
  slots[symbols.callback] = (length: number, buffer: Buffer) => {
    take(buffer.subarray(0, length));
    return true;
  };
  handle.useUserBuffer(shared);
  // Bytes that came with the end of the TLS handshake are in the stream's own buffer already; `data` brings those.
  socket.on('data', take);
  return 'static';
}

const SHARED_BYTES = 65_536;
const shared = Buffer.allocUnsafeSlow(SHARED_BYTES);

interface Symbols {
  readonly buffer: symbol;
  readonly callback: symbol;
}

let known: Symbols | null | undefined;

/** The same for every socket of the process, so it is looked up once. */
function findSymbols(socket: Socket): Symbols | undefined {
  if (known === undefined) {
    const byName = new Map(Object.getOwnPropertySymbols(socket).map((symbol) => [symbol.description, symbol]));
    const [buffer, callback, generator] = [byName.get('kBuffer'), byName.get('kBufferCb'), byName.get('kBufferGen')];
    known = buffer && callback && generator ? { buffer, callback } : null;
  }
  return known ?? undefined;
}
