import type { AmqpValue } from '../codec/amqp-reader.ts';
import type {
  AmqpError,
  AttachRequest,
  IncomingHandler,
  IncomingLink,
  OutgoingHandler,
  OutgoingLink,
} from './engine.ts';
import type { OutgoingTransfers } from './outgoing-transfers.ts';
import { type RheaLink, terminusOf } from './rhea-internals.ts';
import { answerAttach, detachWith, RheaIncomingLink, RheaOutgoingLink, refuseAttach } from './rhea-link.ts';

export type RheaLinkEnd = RheaOutgoingLink | RheaIncomingLink;

/** An attach as rhea read it, until somebody decides about it. */
export class RheaAttachRequest implements AttachRequest {
  readonly #link: RheaLink;
  readonly #transfers: OutgoingTransfers;
  /** What was decided: a link end, or nothing when it was refused. */
  accepted: RheaLinkEnd | undefined;

  constructor(link: RheaLink, transfers: OutgoingTransfers) {
    this.#link = link;
    this.#transfers = transfers;
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

  acceptOutgoing(handler: OutgoingHandler): OutgoingLink {
    answerAttach(this.#link);
    const accepted = new RheaOutgoingLink(this.#link, this.#transfers, handler);
    this.accepted = accepted;
    return accepted;
  }

  acceptIncoming(handler: IncomingHandler): IncomingLink {
    answerAttach(this.#link);
    const accepted = new RheaIncomingLink(this.#link, handler);
    this.accepted = accepted;
    return accepted;
  }

  refuse(error: AmqpError): void {
    refuseAttach(this.#link, error);
  }

  acceptThenDetach(error: AmqpError): void {
    answerAttach(this.#link);
    detachWith(this.#link, error);
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
