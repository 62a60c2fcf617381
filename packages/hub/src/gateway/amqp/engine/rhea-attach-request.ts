import assert from 'node:assert/strict';
import type { AmqpValue } from '../codec/amqp-reader.ts';
import type {
  AmqpError,
  AttachRequest,
  IncomingHandler,
  IncomingLink,
  OutgoingHandler,
  OutgoingLink,
} from './engine.ts';
import type { IncomingTransfers } from './incoming-transfers.ts';
import type { OutgoingTransfers } from './outgoing-transfers.ts';
import { type RheaLink, terminusOf } from './rhea-internals.ts';
import { answerAttach, detachWith, RheaIncomingLink, RheaOutgoingLink, refuseAttach } from './rhea-link.ts';

export type RheaLinkEnd = RheaOutgoingLink | RheaIncomingLink;

/** What counts the transfers of a session. */
export interface SessionTransfers {
  readonly outgoing: OutgoingTransfers;
  readonly incoming: IncomingTransfers;
}

/** An attach as rhea read it, until somebody decides about it. */
export class RheaAttachRequest implements AttachRequest {
  readonly #link: RheaLink;
  readonly #transfers: SessionTransfers;
  readonly #onAccepted: (end: RheaLinkEnd) => void;
  /** Set to false when the session is gone. */
  isWanted = true;
  #isDeferred = false;

  constructor(link: RheaLink, transfers: SessionTransfers, onAccepted: (end: RheaLinkEnd) => void) {
    this.#link = link;
    this.#transfers = transfers;
    this.#onAccepted = onAccepted;
  }

  get peerReceives(): boolean {
    return !this.#link.is_receiver();
  }

  get address(): string | undefined {
    const { source, target } = this.#link.remote.attach;
    const address = terminusOf(this.peerReceives ? source : target)?.address;
    return typeof address === 'string' ? address : undefined;
  }

  get peerAddress(): string | undefined {
    const { source, target } = this.#link.remote.attach;
    const address = terminusOf(this.peerReceives ? target : source)?.address;
    return typeof address === 'string' ? address : undefined;
  }

  get name(): string {
    return this.#link.name;
  }

  get session(): number {
    return this.#link.session.local.channel;
  }

  get filters(): ReadonlyMap<string, AmqpValue> {
    return plainMap(terminusOf(this.#link.remote.attach.source)?.filter);
  }

  get properties(): ReadonlyMap<string, AmqpValue> {
    return plainMap(this.#link.remote.attach.properties);
  }

  get desiredCapabilities(): readonly string[] {
    const desired = this.#link.remote.attach.desired_capabilities;
    if (Array.isArray(desired)) return desired.map(String);
    return typeof desired === 'string' ? [desired] : [];
  }

  /** Rhea has opened our end already and writes that in the next tick: taken back here, done again when it is decided. */
  defer(): void {
    const { state } = this.#link;
    state.local_open = false;
    state.open_requests = 0;
    this.#isDeferred = true;
  }

  /** The peer detached before anything was decided. An attach is answered all the same. */
  giveUp(): void {
    this.isWanted = false;
    if (this.#isDeferred) this.#link.open();
  }

  acceptOutgoing(handler: OutgoingHandler): OutgoingLink {
    this.#answer();
    const accepted = new RheaOutgoingLink(this.#link, this.#transfers.outgoing, handler);
    this.#onAccepted(accepted);
    return accepted;
  }

  acceptIncoming(handler: IncomingHandler): IncomingLink {
    this.#answer();
    const accepted = new RheaIncomingLink(this.#link, this.#transfers.incoming, handler);
    this.#onAccepted(accepted);
    return accepted;
  }

  refuse(error: AmqpError): void {
    if (!this.isWanted) return;
    this.#open();
    refuseAttach(this.#link, error);
  }

  acceptThenDetach(error: AmqpError): void {
    this.#answer();
    detachWith(this.#link, error);
  }

  #answer(): void {
    assert(this.isWanted, 'a link is accepted that its peer has given up');
    this.#open();
    answerAttach(this.#link);
  }

  #open(): void {
    if (this.#isDeferred) this.#link.open();
    this.#isDeferred = false;
  }
}

/** Rhea leaves described values typed; their value is what matters here, whatever the descriptor says. */
function plainMap(values: Record<string, unknown> | null | undefined): ReadonlyMap<string, AmqpValue> {
  const map = new Map<string, AmqpValue>();
  for (const [key, value] of Object.entries(values ?? {})) {
    const described = typeof value === 'object' && value !== null && 'descriptor' in value && 'value' in value;
    map.set(key, (described ? value.value : value) as AmqpValue);
  }
  return map;
}
