import type { Duplex } from 'node:stream';
import { asHubError, HubError, LIMITS } from '@viaduct/contracts';
import rhea, { type ConnectionOptions } from 'rhea';
import { ArrivingBytes } from './arriving-bytes.ts';
import type { AmqpError, ConnectionHandler, ServeConnection, ServeOptions, ServerConnection } from './engine.ts';
import { GuardedSocket } from './guarded-socket.ts';
import { IncomingTransfers } from './incoming-transfers.ts';
import { OutgoingTransfers } from './outgoing-transfers.ts';
import { RheaAttachRequest, type RheaLinkEnd } from './rhea-attach-request.ts';
import type { RheaComposite, RheaConnection, RheaFrame, RheaLink, RheaSession } from './rhea-internals.ts';
import { RheaIncomingLink, RheaOutgoingLink } from './rhea-link.ts';
import { saslMechanisms } from './rhea-sasl.ts';

/** `serveConnection` on rhea. The only files that know rhea lie in this folder. */
export const serveWithRhea: ServeConnection = (socket, options, handler) =>
  new RheaServerConnection(socket, options, handler);

/** A peer's idle time-out beyond this needs no heartbeats of ours; timers cannot count so far either. */
const IDLE_MS_WORTH_A_HEARTBEAT_MAX = 2 ** 30;
/** Bytes of a transfer's own; a frame must hold them and some payload. Source: AMQP 1.0 part 2 §2.4.1. */
const FRAME_BYTES_MIN = 512;
const CREDIT_MAX = 0x7fff_ffff;
const FRAME_BYTES_UNLIMITED = 0xffff_ffff;

interface SessionEnds {
  readonly outgoing: OutgoingTransfers;
  readonly incoming: IncomingTransfers;
  /** An attach that is not decided, an end that was accepted, or nothing where it was refused. */
  readonly links: Map<RheaLink, RheaLinkEnd | RheaAttachRequest | undefined>;
}

/**
 * One peer.
 *
 *     accepted ─► (SASL) ─► opened ─► sessions ─► links ─► closing ─► ended
 *
 * Invariants
 *  1. Nothing that rhea or a handler throws leaves this object: it closes this connection, with the reason for the peer.
 *  2. Every accepted link is ended exactly once: by a detach, by the end of its session, or by the end of the socket.
 *  3. A peer that does not open within LIMITS.AMQP_OPEN_SECONDS_MAX is gone; later, rhea minds the idle time-out.
 */
class RheaServerConnection implements ServerConnection {
  readonly #socket: GuardedSocket;
  readonly #handler: ConnectionHandler;
  readonly #connection: RheaConnection;
  readonly #sessions = new Map<RheaSession, SessionEnds>();
  readonly #arriving = new ArrivingBytes();
  readonly #openTimer: NodeJS.Timeout;
  readonly #idleSeconds: number;
  #linkCount = 0;
  #closing = false;
  #leftInOrder = false;
  #wentSilent = false;
  #endedBy: HubError | undefined;

  constructor(socket: Duplex, options: ServeOptions, handler: ConnectionHandler) {
    this.#socket = new GuardedSocket(socket);
    this.#handler = handler;
    this.#idleSeconds = options.idleSeconds ?? LIMITS.AMQP_IDLE_SECONDS;
    this.#connection = this.#makeConnection(options);
    this.#openTimer = setTimeout(
      () => this.#socket.destroy(new HubError('connection.keepAliveLapsed', 'AMQP: the peer did not open in time')),
      LIMITS.AMQP_OPEN_SECONDS_MAX * 1_000,
    ).unref();
    this.#socket.on('room', () => this.#guarded(() => this.#allReady()));
    this.#socket.on('fault', (fault: unknown) => this.#fail(fault));
    this.#socket.on('closed', () => this.#ended());
    this.#connection.accept(this.#socket);
  }

  get hostName(): string | undefined {
    return this.#connection.hostname ?? undefined;
  }

  get endedBy(): HubError | undefined {
    return this.#endedBy;
  }

  get linkCount(): number {
    return this.#linkCount;
  }

  get unsettled(): number {
    let count = 0;
    for (const { links } of this.#sessions.values()) {
      for (const end of links.values()) if (end instanceof RheaIncomingLink) count += end.unsettled;
    }
    return count;
  }

  stopReading(): void {
    this.#socket.stopReading();
  }

  readOn(): void {
    this.#socket.readOn();
  }

  close({ condition, description }: AmqpError): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#socket.readOn();
    if (this.#connection.state.local_open) this.#connection.close({ condition, description });
    setTimeout(() => this.#socket.end(), LIMITS.AMQP_CLOSE_SECONDS_MAX * 1_000).unref();
    if (!this.#connection.state.remote_open) this.#socket.end();
  }

  #makeConnection(options: ServeOptions): RheaConnection {
    const container = rhea.create_container({ id: options.containerId });
    container.sasl_server_mechanisms = saslMechanisms(options, this.#socket, this.#handler);
    const connection = container.create_connection({
      container_id: options.containerId,
      max_frame_size: LIMITS.AMQP_FRAME_BYTES_MAX,
      channel_max: LIMITS.AMQP_SESSIONS_MAX - 1,
      // Half of what is enforced, as the specification advises.
      idle_time_out: this.#idleSeconds * 500,
      reconnect: false,
      properties: { product: 'Viaduct' },
      receiver_options: { credit_window: 0, autoaccept: false },
      sender_options: { autosettle: false },
    } as unknown as ConnectionOptions) as unknown as RheaConnection;
    this.#listen(connection);
    this.#tame(connection);
    return connection;
  }

  #listen(connection: RheaConnection): void {
    const on = (
      event: string,
      react: (context: { session: RheaSession; sender: RheaLink; receiver: RheaLink }) => void,
    ) => connection.on(event, (context) => this.#guarded(() => react(context)));
    on('connection_open', () => this.#opened());
    on('connection_close', () => {
      this.#leftInOrder = this.#connection.state.local_open;
    });
    on('connection_error', () => undefined);
    on('disconnected', () => undefined);
    on('session_open', ({ session }) => this.#sessionOpened(session));
    on('session_close', ({ session }) => this.#sessionEnded(session));
    on('session_error', () => undefined);
    on('sender_open', ({ sender }) => this.#attached(sender));
    on('receiver_open', ({ receiver }) => this.#attached(receiver));
    on('sender_flow', ({ sender }) => this.#flowed(sender));
    on('sender_close', ({ sender }) => this.#detached(sender));
    on('receiver_close', ({ receiver }) => this.#detached(receiver));
    on('sender_error', () => undefined);
    on('receiver_error', () => undefined);
    for (const event of ['error', 'protocol_error'])
      connection.on(event, (fault: unknown) => this.#fail(asViolation(fault)));
  }

  /** What rhea lets through or leaves out, and clients mind. */
  #tame(connection: RheaConnection): void {
    const process = connection._process.bind(connection);
    connection._process = () => this.#guarded(process);
    const write = connection._write_frame.bind(connection);
    connection._write_frame = (channel, frame, payload) => {
      if (frame !== undefined) padded(frame);
      write(channel, frame, payload);
    };
    const idle = connection.idle.bind(connection);
    connection.idle = () => {
      this.#wentSilent = true;
      idle();
    };
    // A peer may still speak of a session that has just ended; that is no error.
    const known = ({ channel }: RheaFrame) => connection.remote_channel_map[channel] !== undefined;
    for (const name of ['on_detach', 'on_flow', 'on_disposition'] as const) {
      const handle = connection[name].bind(connection);
      connection[name] = (frame) => (known(frame) ? handle(frame) : undefined);
    }
  }

  #opened(): void {
    clearTimeout(this.#openTimer);
    const open = this.#connection.remote.open as RheaComposite;
    const frameBytes = open.max_frame_size;
    if (typeof frameBytes === 'number' && frameBytes < FRAME_BYTES_MIN) {
      throw new HubError('protocol.violation', `AMQP: max-frame-size ${frameBytes} is below ${FRAME_BYTES_MIN}`);
    }
    const idleMs = open.idle_time_out;
    if (typeof idleMs !== 'number') return;
    if (idleMs > IDLE_MS_WORTH_A_HEARTBEAT_MAX) open.idle_time_out = null;
    else if (idleMs > 0 && idleMs < LIMITS.AMQP_PEER_IDLE_MS_MIN) {
      throw new HubError('protocol.violation', `AMQP: an idle time-out of ${idleMs} ms cannot be kept`);
    }
  }

  #sessionOpened(session: RheaSession): void {
    if (!this.#connection.state.remote_open) throw new HubError('protocol.violation', 'AMQP: begin before open');
    if (this.#sessions.size >= LIMITS.AMQP_SESSIONS_MAX) throw tooMany('sessions', LIMITS.AMQP_SESSIONS_MAX);
    const frameBytesMax = this.#connection.max_frame_size ?? FRAME_BYTES_UNLIMITED;
    const outgoing = new OutgoingTransfers(session, this.#socket, frameBytesMax);
    const incoming = new IncomingTransfers(session, this.#socket, this.#arriving, (link, delivery) => {
      const end = this.#sessions.get(session)?.links.get(link);
      if (end instanceof RheaIncomingLink) end.message(delivery);
    });
    outgoing.on_begin(session.remote.begin);
    incoming.on_begin(session.remote.begin);
    session.outgoing = outgoing;
    session.incoming = incoming;
    session.local.begin.handle_max = LIMITS.AMQP_LINKS_MAX - 1;
    session.local.begin.incoming_window = incoming.window;
    this.#sessions.set(session, { outgoing, incoming, links: new Map() });
    this.#answerEchoes(session);
  }

  /** Peers may ask for a flow in return; and whatever a flow says may make links of the session ready. */
  #answerEchoes(session: RheaSession): void {
    const handle = session.on_flow.bind(session);
    session.on_flow = (frame) => {
      const { link_credit: credit } = frame.performative;
      // What counts credit compares serial numbers by the sign of their difference: more than half of them would look like none.
      if (typeof credit === 'number' && credit > CREDIT_MAX) frame.performative.link_credit = CREDIT_MAX;
      handle(frame);
      const { handle: linkHandle, echo } = frame.performative;
      if (linkHandle === null || linkHandle === undefined) {
        if (echo) session._write_flow();
        this.#sessionReady(session);
      } else if (echo) {
        for (const link of this.#sessions.get(session)?.links.keys() ?? []) {
          if (link.remote.attach === undefined || !link.state.local_open) continue;
          if ((link.remote.attach as unknown as RheaComposite).handle === linkHandle) link.issue_flow = true;
        }
      }
    };
  }

  #attached(link: RheaLink): void {
    const ends = this.#sessions.get(link.session);
    if (ends === undefined) return;
    if (++this.#linkCount > LIMITS.AMQP_LINKS_MAX) throw tooMany('links', LIMITS.AMQP_LINKS_MAX);
    const request = new RheaAttachRequest(link, ends, (accepted) => this.#accepted(ends, link, accepted));
    ends.links.set(link, request);
    this.#handler.attached(request);
  }

  #accepted(ends: SessionEnds, link: RheaLink, accepted: RheaLinkEnd): void {
    ends.links.set(link, accepted);
    if (accepted instanceof RheaIncomingLink) link.flow(LIMITS.AMQP_LINK_CREDIT);
    // After the answer to the attach is written, for the credit may have come along with it.
    else process.nextTick(() => this.#guarded(() => accepted.ready()));
  }

  #flowed(link: RheaLink): void {
    // Serial numbers wrap; rhea subtracts as if they did not.
    link.credit = Math.max(0, link.credit | 0);
    const end = this.#sessions.get(link.session)?.links.get(link);
    if (end instanceof RheaOutgoingLink) end.ready();
  }

  #detached(link: RheaLink): void {
    const ends = this.#sessions.get(link.session);
    if (ends === undefined || !ends.links.has(link)) return;
    this.#linkCount--;
    const end = ends.links.get(link);
    ends.links.delete(link);
    ends.incoming.forget(link);
    if (end instanceof RheaAttachRequest) end.giveUp();
    else end?.end();
  }

  #sessionEnded(session: RheaSession): void {
    const ends = this.#sessions.get(session);
    this.#sessions.delete(session);
    this.#linkCount -= ends?.links.size ?? 0;
    ends?.incoming.end();
    for (const end of ends?.links.values() ?? []) {
      if (end instanceof RheaAttachRequest) end.isWanted = false;
      else end?.end();
    }
  }

  #sessionReady(session: RheaSession): void {
    for (const end of this.#sessions.get(session)?.links.values() ?? []) {
      if (end instanceof RheaOutgoingLink) end.ready();
    }
  }

  #allReady(): void {
    for (const session of this.#sessions.keys()) this.#sessionReady(session);
  }

  #guarded(action: () => void): void {
    try {
      action();
    } catch (fault) {
      this.#fail(fault);
    }
  }

  /** Tells the peer what went wrong and lets go of it. */
  #fail(fault: unknown): void {
    this.#socket.fault ??= fault;
    const { row, message } = asHubError(fault);
    this.close({ condition: row.amqp, description: message });
    this.#socket.end();
  }

  #ended(): void {
    clearTimeout(this.#openTimer);
    this.#endedBy = this.#reasonOfEnd();
    for (const session of [...this.#sessions.keys()]) this.#guarded(() => this.#sessionEnded(session));
    this.#handler.ended(this.#socket.fault);
  }

  #reasonOfEnd(): HubError | undefined {
    const { fault } = this.#socket;
    if (fault instanceof HubError) return fault;
    if (this.#wentSilent) {
      return new HubError('connection.keepAliveLapsed', `nothing was heard for ${this.#idleSeconds} s`);
    }
    if (fault === undefined && this.#leftInOrder) return undefined;
    return new HubError('connection.lost', 'the connection broke', { cause: fault });
  }
}

/**
 * How many fields each performative has, by code. One client takes lists by position and cannot do with shorter ones, so
 * what rhea leaves off at the end is written as null. Source: AMQP 1.0 part 2 §2.7.
 */
const FIELDS_BY_NAME = { remote_channel: 8, next_incoming_id: 11, closed: 3, error: 1 } as const;

function padded(frame: RheaComposite): void {
  for (const [name, count] of Object.entries(FIELDS_BY_NAME)) {
    if (name in frame && frame.value.length < count) frame.value.length = count;
  }
}

function tooMany(what: string, limit: number): HubError {
  return new HubError('connection.tooMany', `AMQP: more than ${limit} ${what} on one connection`);
}

/** What rhea throws while it reads is about what the peer said, unless it is the kind of error that only code makes. */
function asViolation(fault: unknown): unknown {
  if (!(fault instanceof Error) || fault instanceof HubError) return fault;
  if (fault instanceof TypeError || fault instanceof RangeError || fault instanceof ReferenceError) return fault;
  return new HubError('protocol.violation', `AMQP: ${fault.message.slice(0, 200)}`, { cause: fault });
}
