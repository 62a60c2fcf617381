import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { HubError, LIMITS, plainAddress } from '@viaduct/contracts';
import { type BoundPort, bindPort } from './bind-port.ts';
import type { ServerCertificate } from './certificates.ts';
import type { ServerConfig } from './config.ts';
import { paceRequests } from './pace-requests.ts';

/** Hands a connected stream to a gateway. `tlsSocket` saw the handshake; for a WebSocket it lies beneath `stream`. */
export type AcceptStream = (stream: Duplex, remoteAddress: string, tlsSocket: Duplex) => void;

type ListenerName = 'mqtt' | 'amqp' | 'https';

export interface ListenerHandlers {
  readonly mqtt: AcceptStream;
  readonly amqp: AcceptStream;
  /** Made by `createHttpsListener`; the REST interface and the console hang on it. */
  readonly https: HttpsServer;
  readonly onRefusal: OnTlsRefusal;
}

type OnTlsRefusal = (listener: ListenerName, reason: HubError, remoteAddress: string) => void;

/** Everything that accepts connections from devices and people. */
export interface Listeners {
  readonly ports: Readonly<Record<ListenerName, BoundPort>>;
  readonly servers: Readonly<Record<ListenerName, Server>>;
  /** Stops accepting; connections that exist are the gateways' to end. */
  stop(): void;
}

const FALL_BACKS: Record<ListenerName, readonly number[]> = {
  https: [8443, 18443],
  mqtt: [18883],
  amqp: [15671],
};

/** @throws StartFault when a port cannot be had; what was bound by then is let go */
export async function openListeners(
  config: ServerConfig,
  certificate: ServerCertificate,
  handlers: ListenerHandlers,
): Promise<Listeners> {
  const servers = {
    mqtt: createTlsListener(certificate, handlers.mqtt),
    amqp: createTlsListener(certificate, handlers.amqp),
    https: handlers.https,
  };
  const plain = config.mqttPlainPort === undefined ? [] : [createPlainListener(handlers.mqtt)];
  const all: readonly Server[] = [...Object.values(servers), ...plain];
  for (const name of ['mqtt', 'amqp', 'https'] as const) reportTlsRefusals(servers[name], name, handlers.onRefusal);
  try {
    const ports = {
      mqtt: await bindPort(servers.mqtt, request(config, 'mqtt', config.mqttPort)),
      amqp: await bindPort(servers.amqp, request(config, 'amqp', config.amqpPort)),
      https: await bindPort(servers.https, request(config, 'https', config.httpsPort)),
    };
    for (const server of plain) await bindPort(server, plainRequest(config));
    return { ports, servers, stop: () => stop(all) };
  } catch (error) {
    stop(all);
    throw error;
  }
}

function request(config: ServerConfig, name: ListenerName, port: number) {
  const fallBacks = config.given.has(`${name}Port`) ? [] : FALL_BACKS[name];
  const ports: [number, ...number[]] = [port, ...fallBacks];
  return { what: name.toUpperCase(), address: config.bindAddress, ports, mustBeFree: config.bindAddress !== undefined };
}

function plainRequest(config: ServerConfig) {
  const ports: [number] = [config.mqttPlainPort ?? 0];
  return { what: 'MQTT without TLS', address: config.bindAddress ?? '127.0.0.1', ports, mustBeFree: true };
}

function createTlsListener(certificate: ServerCertificate, accept: AcceptStream): Server {
  const server = createTlsServer(tlsOptions(certificate), (socket) => acceptSocket(socket, accept));
  server.maxConnections = LIMITS.CONNECTIONS_PER_LISTENER_MAX;
  return server;
}

function createPlainListener(accept: AcceptStream): Server {
  return createPlainServer({ noDelay: true }, (socket) => acceptSocket(socket, accept));
}

/** How often slow requests are looked for; Node's own 30 s would make every bound half a minute longer. */
const HTTP_CHECK_MS = 5_000;

export function createHttpsListener(
  certificate: ServerCertificate,
  handler: Parameters<typeof createHttpsServer>[1],
): HttpsServer {
  const server = createHttpsServer({ ...tlsOptions(certificate), connectionsCheckingInterval: HTTP_CHECK_MS }, handler);
  server.maxConnections = LIMITS.CONNECTIONS_PER_LISTENER_MAX;
  server.headersTimeout = LIMITS.HTTP_HEAD_SECONDS_MAX * 1_000;
  paceRequests(server);
  server.keepAliveTimeout = LIMITS.HTTP_KEEP_ALIVE_SECONDS * 1_000;
  return server;
}

/**
 * A client certificate is asked for and never judged here: who it is, is known only once the identity is. With an empty
 * list of authorities a client may choose whichever certificate it has.
 */
function tlsOptions(certificate: ServerCertificate): TlsOptions & { noDelay: boolean } {
  return {
    cert: certificate.certificate,
    key: certificate.key,
    ca: [],
    minVersion: 'TLSv1.2',
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: LIMITS.TLS_HANDSHAKE_SECONDS_MAX * 1_000,
    // OpenSSL resumes sessions of clients with certificates only within a named context.
    sessionIdContext: 'viaduct',
    noDelay: true,
  };
}

function acceptSocket(socket: Socket, accept: AcceptStream): void {
  // Undefined means that the peer has gone between the handshake and now.
  if (socket.remoteAddress === undefined) socket.destroy();
  else accept(socket, plainAddress(socket.remoteAddress), socket);
}

function reportTlsRefusals(server: Server, name: ListenerName, onRefusal: OnTlsRefusal): void {
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    // A peer that hangs up half-way is a port scan or a health check; nobody was refused anything.
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return;
    onRefusal(name, describeTlsError(error), plainAddress(socket.remoteAddress ?? 'unknown'));
    // Node ends a socket whose handshake failed, but leaves one open whose handshake never came.
    if (error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT') socket.destroy();
  });
}

function describeTlsError(error: NodeJS.ErrnoException): HubError {
  const text = `${error.code ?? ''} ${error.message}`;
  if (/UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN/i.test(text.replaceAll(' ', '_'))) {
    return new HubError('tls.untrusted', "the client refused the server's certificate", { cause: error });
  }
  const why = error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT' ? 'the handshake took too long' : readable(error);
  return new HubError('tls.failed', `no TLS session: ${why}`, { cause: error });
}

/** OpenSSL's sentence without its addresses: `…:SSL routines:…:wrong version number:../deps/…` */
function readable(error: NodeJS.ErrnoException): string {
  return (error as { reason?: string }).reason ?? error.code ?? error.message.slice(0, 120);
}

function stop(servers: readonly Server[]): void {
  for (const server of servers) if (server.listening) server.close();
}
