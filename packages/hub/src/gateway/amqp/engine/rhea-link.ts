import { LIMITS } from '@viaduct/contracts';
import rhea from 'rhea';
import type {
  AmqpError,
  IncomingDelivery,
  IncomingHandler,
  IncomingLink,
  OnOutcome,
  OutgoingHandler,
  OutgoingLink,
  PayloadWriter,
} from './engine.ts';
import type { IncomingTransfers } from './incoming-transfers.ts';
import type { OutgoingTransfers } from './outgoing-transfers.ts';
import { type RheaLink, terminusOf } from './rhea-internals.ts';

/** Settle modes of attach. Source: AMQP 1.0 part 2 §2.8.2, §2.8.3. */
const SenderSettleMode = { unsettled: 0, settled: 1, mixed: 2 } as const;
const ReceiverSettleMode = { first: 0, second: 1 } as const;

/** Our end of a link over rhea's: who handles it, and that it ends once. */
abstract class RheaLinkEnd {
  protected readonly link: RheaLink;
  protected ended = false;

  constructor(link: RheaLink) {
    this.link = link;
  }

  get isOpen(): boolean {
    return !this.ended && this.link.state.local_open;
  }

  detach(error: AmqpError): void {
    if (this.isOpen) detachWith(this.link, error);
  }
}

export class RheaOutgoingLink extends RheaLinkEnd implements OutgoingLink {
  readonly preSettled: boolean;
  readonly #mustBeSettled: boolean;
  readonly #transfers: OutgoingTransfers;
  readonly #handler: OutgoingHandler;

  constructor(link: RheaLink, transfers: OutgoingTransfers, handler: OutgoingHandler) {
    super(link);
    this.#transfers = transfers;
    this.#handler = handler;
    const { snd_settle_mode: sendMode, rcv_settle_mode: receiveMode } = link.remote.attach;
    this.#mustBeSettled = sendMode === SenderSettleMode.settled;
    // Who leaves the choice to us and settles first is spared a disposition for every message.
    this.preSettled =
      sendMode === SenderSettleMode.settled ||
      ((sendMode ?? SenderSettleMode.mixed) === SenderSettleMode.mixed && receiveMode !== ReceiverSettleMode.second);
  }

  get canSend(): boolean {
    // Credit may come in one piece with the attach, before our answer to it is written.
    return this.isOpen && this.link.state.open_requests === 0 && this.link.credit > 0 && this.#transfers.hasRoom;
  }

  get draining(): boolean {
    return this.isOpen && this.link._draining === true && this.link.credit > 0;
  }

  send<Item>(tag: Uint8Array, payload: PayloadWriter<Item>, item: Item, onOutcome?: OnOutcome): void {
    const settled = this.#mustBeSettled || (onOutcome === undefined && this.preSettled);
    this.#transfers.send(this.link, tag, payload, item, settled ? undefined : onOutcome, settled);
    if (settled) void onOutcome?.('accepted');
  }

  drained(): void {
    if (!this.isOpen) return;
    this.link.set_drained(true);
    this.link.connection._register();
  }

  ready(): void {
    if (this.isOpen) this.#handler.ready();
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.#transfers.forget(this.link);
    this.#handler.ended();
  }
}

export class RheaIncomingLink extends RheaLinkEnd implements IncomingLink {
  readonly #transfers: IncomingTransfers;
  readonly #handler: IncomingHandler;

  constructor(link: RheaLink, transfers: IncomingTransfers, handler: IncomingHandler) {
    super(link);
    this.#transfers = transfers;
    this.#handler = handler;
  }

  get unsettled(): number {
    return this.isOpen ? this.#transfers.unsettled(this.link) : 0;
  }

  holdCredit(): void {
    if (!this.ended) this.#transfers.holdCredit(this.link);
  }

  giveCredit(): void {
    if (!this.ended) this.#transfers.giveCredit(this.link);
  }

  message(delivery: IncomingDelivery): void {
    if (!this.ended) this.#handler.message(delivery);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.#handler.ended();
  }
}

/**
 * Our answer to an attach: both termini as the peer gave them, the settle modes it asked for, a real max-message-size (the C
 * SDK will not send without one) and a map of properties even where it is empty (the Python client reads it unasked).
 */
export function answerAttach(link: RheaLink): void {
  const { attach: theirs } = link.remote;
  const { attach: ours } = link.local;
  const [source, target] = [terminusOf(theirs.source), terminusOf(theirs.target)];
  if (source === undefined) link.set_source({});
  else ours.source = source.described();
  if (target === undefined) link.set_target({});
  else ours.target = target.described();
  ours.snd_settle_mode = theirs.snd_settle_mode ?? SenderSettleMode.mixed;
  ours.rcv_settle_mode = link.is_receiver()
    ? ReceiverSettleMode.first
    : (theirs.rcv_settle_mode ?? ReceiverSettleMode.first);
  ours.max_message_size = LIMITS.AMQP_MESSAGE_BYTES_MAX;
  ours.properties = {};
}

/** Leaves the terminus on our side null, which tells the peer that a detach with the reason follows. */
export function refuseAttach(link: RheaLink, error: AmqpError): void {
  const { attach: theirs } = link.remote;
  const [name, other] = link.is_receiver()
    ? (['source', theirs.source] as const)
    : (['target', theirs.target] as const);
  const terminus = terminusOf(other);
  if (terminus !== undefined) link.local.attach[name] = terminus.described();
  link.local.attach.max_message_size = LIMITS.AMQP_MESSAGE_BYTES_MAX;
  link.local.attach.properties = {};
  detachWith(link, error);
}

const ERROR_FIELD_OF_DETACH = 2;
const INFO_FIELD_OF_ERROR = 2;

export function detachWith(link: RheaLink, { condition, description, info }: AmqpError): void {
  link.close({ condition, description });
  if (info === undefined) return;
  // Rhea writes the keys of this map as strings where the specification asks for symbols.
  const error = link.local.detach.value[ERROR_FIELD_OF_DETACH] as { value: unknown[] };
  error.value[INFO_FIELD_OF_ERROR] = rhea.types.wrap_symbolic_map(info);
}
