import assert from 'node:assert/strict';
import { outcomeOf, writeDisposition } from './disposition.ts';
import type { AmqpError, OnOutcome, Outcome, PayloadWriter } from './engine.ts';
import type { GuardedSocket } from './guarded-socket.ts';
import type { RheaLink, RheaOutgoing, RheaSession, TransferFields } from './rhea-internals.ts';

/**
 * What a session sends, in rhea's place: transfers are written straight into the socket's buffer, so that an event costs one
 * encoding and no objects. Rhea keeps the links' credit; this keeps ids and the session's window.
 *
 * Invariants
 *  1. Delivery ids and transfer ids rise by one and wrap at 2^32 (serial numbers, part 2 §2.8.10).
 *  2. No transfer leaves beyond the peer's incoming window. Of one message that does not fit, the rest waits in `#backlog`;
 *     until it is empty nothing else is sent.
 *  3. `#unsettled` holds the deliveries whose outcome somebody waits for, and no others: a cursor over the log does not
 *     care, but whatever is unsettled at the peer is settled when it asks.
 */
const TRANSFER = 0x14;
/** Head of a frame, and of a transfer without its payload: 11 fields, a tag of at most 32 bytes. */
const TRANSFER_HEAD_BYTES = 128;
const MESSAGE_FORMAT = 0;

interface Unsettled {
  readonly link: RheaLink;
  readonly onOutcome: OnOutcome;
}

export class OutgoingTransfers implements RheaOutgoing {
  readonly window = 0xffff_ffff;
  readonly deliveries = { available: () => 1 };
  readonly #session: RheaSession;
  readonly #socket: GuardedSocket;
  readonly #frameBytesMax: number;
  readonly #unsettled = new Map<number, Unsettled>();
  /** Deliveries whose peer waits for what its outcome leads to. */
  readonly #deciding = new Map<number, RheaLink>();
  #backlog: Buffer[] = [];
  #nextDeliveryId = 0;
  #nextTransferId = 0;
  #peerWindowEnd = 0;

  constructor(session: RheaSession, socket: GuardedSocket, frameBytesMax: number) {
    this.#session = session;
    this.#socket = socket;
    this.#frameBytesMax = frameBytesMax;
  }

  get next_transfer_id(): number {
    return this.#nextTransferId;
  }

  available(): number {
    return 1;
  }

  process(): void {}

  /** Whether the session takes another message now. */
  get hasRoom(): boolean {
    return this.#backlog.length === 0 && this.#window > 0 && this.#socket.hasRoom;
  }

  on_begin(fields: TransferFields): void {
    this.#peerWindowEnd = comparable(fields.incoming_window);
  }

  on_flow(fields: TransferFields): void {
    this.#peerWindowEnd = ((fields.next_incoming_id ?? 0) + comparable(fields.incoming_window)) >>> 0;
    this.#sendBacklog();
  }

  send<Item>(
    link: RheaLink,
    tag: Uint8Array,
    payload: PayloadWriter<Item>,
    item: Item,
    onOutcome: OnOutcome | undefined,
    settled: boolean,
  ): void {
    assert(this.hasRoom && link.credit > 0, 'sent without credit or room');
    const { out } = this.#socket;
    const start = out.length;
    const deliveryId = this.#nextDeliveryId;
    this.#writeHead(link, deliveryId, tag, settled, false);
    const payloadAt = out.length;
    payload.write(out, item);
    if (out.length - start > this.#frameBytesMax) this.#fragment(link, tag, settled, start, payloadAt);
    else {
      out.closeFrame(start);
      this.#nextTransferId = (this.#nextTransferId + 1) >>> 0;
    }
    this.#nextDeliveryId = (deliveryId + 1) >>> 0;
    link.credit--;
    link.delivery_count = (link.delivery_count + 1) >>> 0;
    if (onOutcome !== undefined) this.#unsettled.set(deliveryId, { link, onOutcome });
    this.#socket.wrote();
  }

  on_disposition(fields: TransferFields): void {
    const first = fields.first ?? 0;
    const last = fields.last ?? first;
    const outcome = outcomeOf(fields.state?.descriptor?.value);
    if (outcome === undefined && !fields.settled) return;
    // Unless the peer settled, it waits for us to do so: receivers that settle second.
    this.#decide(first, last, outcome ?? 'released', !fields.settled);
  }

  /** The link is gone: nobody waits for its outcomes any more. */
  forget(link: RheaLink): void {
    for (const [id, unsettled] of this.#unsettled) if (unsettled.link === link) this.#unsettled.delete(id);
    for (const [id, deciding] of this.#deciding) if (deciding === link) this.#deciding.delete(id);
  }

  get #window(): number {
    return (this.#peerWindowEnd - this.#nextTransferId) | 0;
  }

  /** Tells who waits; then the peer, of what takes its time when that is known, of the rest at once. */
  #decide(first: number, last: number, outcome: Outcome, peerWaits: boolean): void {
    const span = (last - first) >>> 0;
    let later = false;
    const now: number[] = [];
    for (const [id, { link, onOutcome }] of this.#unsettled) {
      if ((id - first) >>> 0 > span) continue;
      this.#unsettled.delete(id);
      const known = onOutcome(outcome);
      if (!(known instanceof Promise)) now.push(id);
      else if (peerWaits) {
        later = true;
        this.#deciding.set(id, link);
        void known.then((error) => this.#deciding.delete(id) && this.#writeSettled(id, id, error));
      }
    }
    if (!peerWaits) return;
    if (!later) this.#writeSettled(first, last);
    else for (const id of now) this.#writeSettled(id, id);
  }

  #writeSettled(first: number, last: number, error?: AmqpError): void {
    const { channel } = this.#session.local;
    writeDisposition(this.#socket.out, { channel, asReceiver: false, first, last, error });
    this.#socket.wrote();
  }

  /** The message is longer than the peer's frames: takes it back and writes it in pieces. */
  #fragment(link: RheaLink, tag: Uint8Array, settled: boolean, start: number, payloadAt: number): void {
    const { out } = this.#socket;
    const payload = out.cut(payloadAt);
    out.cut(start);
    const pieceBytes = this.#frameBytesMax - TRANSFER_HEAD_BYTES;
    for (let at = 0; at < payload.length; at += pieceBytes) {
      const frameAt = out.length;
      this.#writeHead(link, this.#nextDeliveryId, tag, settled, at + pieceBytes < payload.length);
      out.raw(payload.subarray(at, at + pieceBytes));
      out.closeFrame(frameAt);
      this.#backlog.push(out.cut(frameAt));
    }
    this.#sendBacklog();
  }

  #sendBacklog(): void {
    let sent = 0;
    while (sent < this.#backlog.length && this.#window > 0) {
      this.#socket.out.raw(this.#backlog[sent++] as Buffer);
      this.#nextTransferId = (this.#nextTransferId + 1) >>> 0;
    }
    if (sent === 0) return;
    this.#backlog = this.#backlog.slice(sent);
    this.#socket.wrote();
  }

  /** Source of the order of fields: AMQP 1.0 part 2 §2.7.5. */
  #writeHead(link: RheaLink, deliveryId: number, tag: Uint8Array, settled: boolean, more: boolean): void {
    const { out } = this.#socket;
    out.openFrame(0, this.#session.local.channel);
    out.descriptor(TRANSFER);
    const fields = out.openList();
    out.uint(link.local.handle);
    out.uint(deliveryId);
    out.binary(tag);
    out.uint(MESSAGE_FORMAT);
    out.boolean(settled);
    out.boolean(more);
    out.null();
    out.null();
    out.boolean(false);
    out.boolean(false);
    out.boolean(false);
    out.close(fields, 11);
  }
}

/** Serial numbers are compared by the sign of their difference: a window of more than half of them would look like none. */
function comparable(window: number | undefined | null): number {
  return Math.min(window ?? 0, 0x7fff_ffff);
}
