import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { nextLoopbackAddress } from '../loopback-address.ts';
import { KafkaReader, KafkaWriter } from './kafka-bytes.ts';
import { METADATA, newMetadataAnswer, oldMetadataRequest } from './kafka-metadata.ts';
import { type KafkaUser, type SaslExchange, saslExchange } from './kafka-sasl.ts';
import type { CertifiesPeer } from './test-peer.ts';

export interface KafkaDoorOptions {
  readonly upstream: { readonly host: string; readonly port: number };
  /** With it, the door speaks TLS. */
  readonly certify?: CertifiesPeer;
  /** With it, the door wants to know who comes, as a broker does. */
  readonly user?: KafkaUser;
}

/**
 * Stands before librdkafka's cluster, which speaks plain TCP and two requests in older versions than today's clients:
 *
 *     ApiVersions 3, SaslHandshake 1, SaslAuthenticate 2     answered here
 *     Metadata 9                                             asked as version 2, answered as 9, with this door's address
 *     everything else (Produce 7, InitProducerId 4, …)       passed on, byte for byte
 */
export class KafkaDoor {
  readonly #options: KafkaDoorOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly address: string;
  port = 0;

  private constructor(options: KafkaDoorOptions, address: string, server: Server) {
    this.#options = options;
    this.address = address;
    this.#server = server;
    server.on(options.certify !== undefined ? 'secureConnection' : 'connection', (socket: Socket) =>
      this.#serve(socket),
    );
  }

  static async open(options: KafkaDoorOptions): Promise<KafkaDoor> {
    const address = nextLoopbackAddress();
    const certificate = await options.certify?.(address);
    const server =
      certificate === undefined
        ? createServer()
        : createTlsServer({ cert: certificate.certificate, key: certificate.privateKey });
    const made = new KafkaDoor(options, address, server);
    await made.listen();
    return made;
  }

  /** At the same port as before, when it was closed. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(this.port, this.address, resolve);
    });
    const bound = this.#server.address();
    this.port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(client: Socket): void {
    const upstream = connect(this.#options.upstream);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    new Passage(this.#options, { host: this.address, port: this.port }, client, upstream);
  }
}

const [API_VERSIONS, SASL_HANDSHAKE, SASL_AUTHENTICATE] = [18, 17, 36];
const SASL_AUTHENTICATION_FAILED = 58;
/** Kind of request, lowest and highest version. */
const OFFERED = [
  [0, 7, 7],
  [METADATA, 9, 9],
  [22, 4, 4],
  [API_VERSIONS, 3, 3],
  [SASL_HANDSHAKE, 1, 1],
  [SASL_AUTHENTICATE, 2, 2],
] as const;

/** One client's way through the door. */
class Passage {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #door: { host: string; port: number };
  readonly #user: KafkaUser | undefined;
  /** Correlation ids whose answers are of the old version. */
  readonly #metadata = new Set<number>();
  #exchange: SaslExchange | undefined;
  #isKnown: boolean;

  constructor({ user }: KafkaDoorOptions, door: { host: string; port: number }, client: Socket, upstream: Socket) {
    this.#client = client;
    this.#upstream = upstream;
    this.#door = door;
    this.#user = user;
    this.#isKnown = user === undefined;
    onFrames(client, (frame) => this.#ask(frame));
    onFrames(upstream, (frame) => this.#answer(frame));
  }

  #ask(frame: Buffer): void {
    const reader = new KafkaReader(frame);
    const [kind, , correlation] = [reader.int16(), reader.int16(), reader.int32()];
    reader.string();
    if (kind === API_VERSIONS) this.#offer(correlation);
    else if (kind === SASL_HANDSHAKE) this.#beginSasl(reader, correlation);
    else if (kind === SASL_AUTHENTICATE) this.#continueSasl(reader, correlation);
    else if (!this.#isKnown) this.#client.destroy();
    else if (kind === METADATA) {
      reader.skipTags();
      this.#metadata.add(correlation);
      this.#upstream.write(oldMetadataRequest(reader, correlation));
    } else this.#upstream.write(new KafkaWriter().raw(frame).frame());
  }

  #answer(frame: Buffer): void {
    const translated = this.#metadata.delete(frame.readInt32BE(0));
    this.#client.write(translated ? newMetadataAnswer(frame, this.#door) : new KafkaWriter().raw(frame).frame());
  }

  #offer(correlation: number): void {
    const made = new KafkaWriter().int32(correlation).int16(0);
    made.compactArray(OFFERED, ([kind, lowest, highest]) => {
      made.int16(kind).int16(lowest).int16(highest).noTags();
    });
    this.#client.write(made.int32(0).noTags().frame());
  }

  #beginSasl(reader: KafkaReader, correlation: number): void {
    const mechanism = reader.string() ?? '';
    const offered = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];
    if (this.#user !== undefined) this.#exchange = saslExchange(mechanism, this.#user);
    const made = new KafkaWriter().int32(correlation).int16(0);
    this.#client.write(made.array(offered, (name) => made.string(name)).frame());
  }

  #continueSasl(reader: KafkaReader, correlation: number): void {
    reader.skipTags();
    const step = this.#exchange?.(reader.compactBytes());
    this.#isKnown ||= step?.done === true;
    const made = new KafkaWriter().int32(correlation).noTags();
    made.int16(step === undefined ? SASL_AUTHENTICATION_FAILED : 0);
    made.compactString(step === undefined ? 'Authentication failed' : null);
    this.#client.write(
      made
        .compactBytes(step?.answer ?? Buffer.alloc(0))
        .int64(0n)
        .noTags()
        .frame(),
    );
  }
}

/** Frames are a length in four bytes and as many bytes. */
function onFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let waiting = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes]);
    while (waiting.length >= 4 && waiting.length >= 4 + waiting.readInt32BE(0)) {
      const end = 4 + waiting.readInt32BE(0);
      take(waiting.subarray(4, end));
      waiting = waiting.subarray(end);
    }
  });
}
