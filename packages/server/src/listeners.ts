import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { HubError, LIMITS, plainAddress } from '@viaduct/contracts';
import { type BindRequest, type BoundPort, bindPort } from './bind-port.ts';
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

interface PlainListener {
  readonly address: string;
  readonly port: number;
}

/** Everything that accepts connections from devices and people. */
export interface Listeners {
  readonly ports: Readonly<Record<ListenerName, BoundPort>>;
  /** Where AMQP without TLS is, if it was asked for. */
  readonly amqpPlain: PlainListener | undefined;
  readonly servers: Readonly<Record<string, Server>>;
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
  const plain = plainRequests(config).map((request) => ({
    ...request,
    server: createPlainListener(handlers[request.name]),
  }));
  const all: readonly Server[] = [...Object.values(servers), ...plain.map(({ server }) => server)];
  for (const name of ['mqtt', 'amqp', 'https'] as const) reportTlsRefusals(servers[name], name, handlers.onRefusal);
  try {
    const ports = {
      mqtt: await bindPort(servers.mqtt, request(config, 'mqtt', config.mqttPort)),
      amqp: await bindPort(servers.amqp, request(config, 'amqp', config.amqpPort)),
      https: await bindPort(servers.https, request(config, 'https', config.httpsPort)),
    };
    for (const { server, ...request } of plain) await bindPort(server, request);
    const amqpPlain = plain.find(({ name }) => name === 'amqp');
    return {
      ports,
      amqpPlain: amqpPlain && { address: amqpPlain.address, port: amqpPlain.ports[0] },
      servers: { ...servers, ...(amqpPlain === undefined ? {} : { amqpPlain: amqpPlain.server }) },
      stop: () => stop(all),
    };
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

interface PlainRequest extends BindRequest {
  readonly name: 'mqtt' | 'amqp';
  readonly address: string;
}

/** Listeners without TLS: none unless asked for, and on loopback unless an address was given for them. */
function plainRequests({ bindAddress, mqttPlainPort, amqpPlainPort, amqpPlainBind }: ServerConfig): PlainRequest[] {
  const loopback = bindAddress !== undefined && isLoopback(bindAddress) ? bindAddress : '127.0.0.1';
  const requests: PlainRequest[] = [];
  if (mqttPlainPort !== undefined) {
    const address = bindAddress ?? '127.0.0.1';
    requests.push({ name: 'mqtt', what: 'MQTT without TLS', address, ports: [mqttPlainPort], mustBeFree: true });
  }
  if (amqpPlainPort !== undefined) {
    const address = amqpPlainBind ?? loopback;
    requests.push({ name: 'amqp', what: 'AMQP without TLS', address, ports: [amqpPlainPort], mustBeFree: true });
  }
  return requests;
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
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
