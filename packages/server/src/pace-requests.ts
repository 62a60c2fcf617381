import type { IncomingMessage, Server } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { LIMITS } from '@viaduct/contracts';

export interface Pace {
  /** A body has this long; one that takes longer must have brought its share in each such span. */
  readonly spanMs: number;
  readonly bytesPerSecondMin: number;
}

interface Arrival {
  spanBegan: number;
  bytesBefore: number;
}

const PACE: Pace = {
  spanMs: LIMITS.HTTP_REQUEST_SECONDS_MAX * 1_000,
  bytesPerSecondMin: LIMITS.HTTP_BODY_BYTES_PER_SECOND_MIN,
};

/**
 * Ends requests whose bodies trickle, and leaves those that are large and come steadily alone: 250 MB over a slow link take
 * hours, while Node's own time-out is one figure for all requests. Heads stay under `headersTimeout`.
 */
export function paceRequests(server: Server | HttpsServer, { spanMs, bytesPerSecondMin }: Pace = PACE): void {
  server.requestTimeout = 0;
  const arriving = new Map<IncomingMessage, Arrival>();
  server.on('request', (request: IncomingMessage) => {
    if (!hasBody(request)) return;
    arriving.set(request, { spanBegan: performance.now(), bytesBefore: request.socket.bytesRead });
    request.once('close', () => arriving.delete(request));
  });
  const bytesPerSpanMin = (spanMs / 1_000) * bytesPerSecondMin;
  const look = () => {
    const now = performance.now();
    for (const [request, arrival] of arriving) {
      if (request.complete) arriving.delete(request);
      else if (now - arrival.spanBegan >= spanMs) judge(request, arrival, bytesPerSpanMin, now);
    }
  };
  const timer = setInterval(look, spanMs / LOOKS_PER_SPAN).unref();
  server.once('close', () => clearInterval(timer));
}

const LOOKS_PER_SPAN = 10;

function judge({ socket }: IncomingMessage, arrival: Arrival, bytesMin: number, now: number): void {
  const bytes = socket.bytesRead - arrival.bytesBefore;
  if (bytes < bytesMin) {
    // As Node says it itself when a request takes too long.
    if (socket.writable) socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    socket.destroy();
    return;
  }
  arrival.spanBegan = now;
  arrival.bytesBefore += bytes;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
