import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { LIMITS, plainAddress } from '@viaduct/contracts';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import type { AcceptStream } from './listeners.ts';

export interface WebSocketTargets {
  readonly mqtt: AcceptStream;
  readonly amqp: AcceptStream;
}

const BY_SUB_PROTOCOL = { mqtt: 'mqtt', amqpwsb10: 'amqp' } as const;
type SubProtocol = keyof typeof BY_SUB_PROTOCOL;

/** Every WebSocket path there is. Event Hubs clients and the Python service SDK use the second. */
const ACCEPTED: Record<string, readonly SubProtocol[]> = {
  '/$iothub/websocket': ['mqtt', 'amqpwsb10'],
  '/$servicebus/websocket': ['amqpwsb10'],
};

/**
 * Turns upgrades of the HTTPS listener into streams for the gateways.
 *
 * The sub-protocol is answered exactly as it was offered (the C SDK offers `MQTT`, the others `mqtt`), because clients
 * compare it byte by byte. Paths may come percent-encoded. What is not ours is refused in words, before the upgrade.
 */
export function webSocketUpgrades(targets: WebSocketTargets) {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: LIMITS.WEBSOCKET_MESSAGE_BYTES_MAX,
    handleProtocols: (offered, request) => chooseSubProtocol(request, offered) ?? false,
  });

  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    const decision = decide(request);
    if ('refusal' in decision) refuse(socket, decision.status, decision.refusal);
    else {
      const address = plainAddress((socket as Socket).remoteAddress ?? 'unknown');
      (socket as Socket).setNoDelay(true);
      server.handleUpgrade(request, socket, head, (webSocket) => {
        targets[decision.target](streamOver(webSocket), address, socket);
      });
    }
  };
}

/**
 * The stream of a WebSocket, which closes when the WebSocket does. Of itself it would only end: a peer that is gone without a word
 * would keep its place until its keep-alive lapsed.
 */
function streamOver(webSocket: WebSocket): Duplex {
  const stream = createWebSocketStream(webSocket);
  webSocket.once('close', () => {
    // What came before the close is read first, unless nobody reads.
    if (stream.readableEnded || stream.isPaused()) stream.destroy();
    else stream.once('end', () => stream.destroy());
  });
  return stream;
}

type Decision = { readonly target: keyof WebSocketTargets } | { readonly status: number; readonly refusal: string };

function decide(request: IncomingMessage): Decision {
  const path = pathOf(request);
  const accepted = ACCEPTED[path];
  if (accepted === undefined) return { status: 404, refusal: `no WebSocket is served at ${path}` };
  const chosen = chooseSubProtocol(request, offeredSubProtocols(request));
  if (chosen !== undefined) return { target: BY_SUB_PROTOCOL[chosen.toLowerCase() as SubProtocol] };
  const offers = accepted.map((name) => (name === 'mqtt' ? 'mqtt' : 'AMQPWSB10')).join(', ');
  return { status: 400, refusal: `Sec-WebSocket-Protocol must offer one of: ${offers}` };
}

function pathOf(request: IncomingMessage): string {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  try {
    return decodeURIComponent(path).replace(/\/$/, '').toLowerCase();
  } catch {
    // A broken escape cannot name one of our paths; as it stands it is refused as unknown.
    return path;
  }
}

function offeredSubProtocols(request: IncomingMessage): Set<string> {
  const header = request.headers['sec-websocket-protocol'] ?? '';
  return new Set(header.split(',').map((name) => name.trim()));
}

function chooseSubProtocol(request: IncomingMessage, offered: ReadonlySet<string>): string | undefined {
  const accepted: readonly string[] = ACCEPTED[pathOf(request)] ?? [];
  return [...offered].find((name) => accepted.includes(name.toLowerCase()));
}

function refuse(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ Message: message });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
