import type { Duplex } from 'node:stream';

const CLOSE_MS_MAX = 2_000;

/** Sends what is still queued, then closes; a peer that does not take it is cut off. */
export function closeSocket(socket: Duplex): void {
  if (socket.destroyed) return;
  socket.end();
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), CLOSE_MS_MAX).unref();
  socket.once('close', () => clearTimeout(timer));
}
