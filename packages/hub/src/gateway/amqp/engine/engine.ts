import type { Duplex } from 'node:stream';
import type { HubError } from '@viaduct/contracts';
import type { AmqpValue } from '../codec/amqp-reader.ts';
import type { AmqpWriter } from '../codec/amqp-writer.ts';

/**
 * What the gateway needs of an AMQP 1.0 engine: connections that attach links, and links that carry messages. Everything
 * about frames, channels, windows and handles stays behind this interface, so the engine can be replaced.
 *
 *     socket ─► ServerConnection ─ attached(AttachRequest) ─► acceptOutgoing │ acceptIncoming │ refuse
 *
 * Callbacks never come after `ended`. What a callback throws ends that connection and nothing else.
 */
export type ServeConnection = (socket: Duplex, options: ServeOptions, handler: ConnectionHandler) => ServerConnection;

export interface ServeOptions {
  readonly containerId: string;
  /** SASL EXTERNAL is offered when the TLS handshake brought a client certificate. */
  readonly hasClientCertificate: boolean;
  /** Mechanisms that the handler goes through by itself, offered after those of the engine. */
  readonly exchanges?: readonly string[];
  /** A peer that says nothing for so long is gone. Default LIMITS.AMQP_IDLE_SECONDS. */
  readonly idleSeconds?: number;
}

export interface ConnectionHandler {
  /** SASL PLAIN. Resolves with whether the peer may go on. */
  authenticatePlain(userName: string, password: string): Promise<boolean>;
  /** A peer chose one of ServeOptions.exchanges. Once at most. */
  beginExchange?(mechanism: string): SaslExchange;
  /** The peer wants a link. The handler must accept, refuse or defer it before it returns. */
  attached(request: AttachRequest): void;
  /** The socket is gone. `fault`: what the peer did wrong or what failed, if anything. */
  ended(fault: unknown): void;
}

/** A SASL mechanism that takes several steps. */
export interface SaslExchange {
  /** What the peer said: first its initial response, which may be empty, then an answer to each challenge. */
  step(response: Buffer): Promise<SaslStep>;
}

export type SaslStep =
  | { readonly kind: 'challenge'; readonly challenge: Buffer }
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused' };

export interface ServerConnection {
  /** The host the peer wants to talk to, from `open`. */
  readonly hostName: string | undefined;
  /** Why the connection is over; undefined while it is not, and when the peer closed it in order. Known before links end. */
  readonly endedBy: HubError | undefined;
  /** Links that are attached, or wait for the decision. */
  readonly linkCount: number;
  /** Messages that were received and that nobody has settled yet. */
  readonly unsettled: number;
  /** Reads nothing more until `readOn` or `close`; what was read is still answered. */
  stopReading(): void;
  readOn(): void;
  /** Tells the peer why, waits for its answer for a bounded time, and lets the socket go. */
  close(error: AmqpError): void;
}

/** A condition from the specification or Microsoft's list, and words for people. */
export interface AmqpError {
  readonly condition: string;
  readonly description: string;
  /** Keys become symbols. */
  readonly info?: Readonly<Record<string, string | number>>;
}

export interface AttachRequest {
  /** The link's name, and a number for the session it belongs to: answers go to a link of the same session. */
  readonly name: string;
  readonly session: number;
  /** Whether the peer wants to receive (we send) or to send (we receive). */
  readonly peerReceives: boolean;
  /** Address of the terminus on our side: the source when the peer receives, else the target. */
  readonly address: string | undefined;
  /** Address of the other terminus, which is the peer's own affair; answers may name it. */
  readonly peerAddress: string | undefined;
  /** Filters of the source by key; of a described filter, its value. */
  readonly filters: ReadonlyMap<string, AmqpValue>;
  readonly properties: ReadonlyMap<string, AmqpValue>;
  readonly desiredCapabilities: readonly string[];

  /** False when the peer has given the link up while the decision was deferred: then there is nothing left to decide. */
  readonly isWanted: boolean;
  /** The decision comes later; the peer hears nothing until then. */
  defer(): void;
  acceptOutgoing(handler: OutgoingHandler): OutgoingLink;
  acceptIncoming(handler: IncomingHandler): IncomingLink;
  /** Attaches without a terminus and detaches with the error, which is how AMQP says no. */
  refuse(error: AmqpError): void;
  /** Attaches properly, then detaches with the error: what redirects look like. */
  acceptThenDetach(error: AmqpError): void;
}

export interface Link {
  readonly isOpen: boolean;
  detach(error: AmqpError): void;
}

/** A link on which we send. */
export interface OutgoingLink extends Link {
  /** Whether the peer wants its messages settled by us in advance. */
  readonly preSettled: boolean;
  /** Whether the peer waits for the credit to be used up or given back. */
  readonly draining: boolean;
  /** Whether credit, the session's window and the socket have room for a message now. */
  readonly canSend: boolean;
  /**
   * Sends one message; `canSend` must hold. A delivery with an outcome handler stays unsettled until the peer tells. A peer that
   * takes settled ones only tells nothing: for it every message is accepted as it leaves.
   */
  send<Item>(tag: Uint8Array, payload: PayloadWriter<Item>, item: Item, onOutcome?: OnOutcome): void;
  /** There is nothing more to send: gives the rest of the credit back, if the peer asked for that. */
  drained(): void;
}

/** Writes the sections of one message. An object rather than a closure: there may be 200,000 a second. */
export interface PayloadWriter<Item> {
  write(writer: AmqpWriter, item: Item): void;
}

/**
 * What the peer decided about a delivery; called once. Returns nothing, or what a peer that settles second waits for: it hears
 * `accepted` when the promise resolves with nothing, `rejected` when with an error. The promise never rejects.
 */
export type OnOutcome = ((outcome: Outcome) => void) | ((outcome: Outcome) => Promise<AmqpError | undefined>);

export type Outcome = 'accepted' | 'rejected' | 'released' | 'modified';

export interface OutgoingHandler {
  /** `canSend` or `draining` may have changed. */
  ready(): void;
  /** The link is gone: detached by either side, or the connection ended. */
  ended(): void;
}

/** A link on which we receive. What arrives comes through the handler. */
export interface IncomingLink extends Link {
  /** From now on what is settled gives no credit back, until `giveCredit`. */
  holdCredit(): void;
  /** Gives back what was held. */
  giveCredit(): void;
}

export interface IncomingHandler {
  message(delivery: IncomingDelivery): void;
  ended(): void;
}

/** A whole message. Until it is settled it counts against the credit of its link. */
export interface IncomingDelivery {
  /** 0 for a single message; see `message-format`. */
  readonly format: number;
  readonly payload: Buffer;
  /** Both write the disposition before anything that is sent afterwards. */
  accept(): void;
  reject(error: AmqpError): void;
}
