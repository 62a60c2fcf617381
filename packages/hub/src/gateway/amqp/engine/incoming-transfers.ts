import { HubError, LIMITS } from '@viaduct/contracts';
import type { ArrivingBytes } from './arriving-bytes.ts';
import { writeDisposition } from './disposition.ts';
import type { AmqpError, IncomingDelivery } from './engine.ts';
import type { GuardedSocket } from './guarded-socket.ts';
import type { RheaFrame, RheaIncoming, RheaLink, RheaSession, TransferFields } from './rhea-internals.ts';

/**
 * What a session receives, in rhea's place: whole messages as raw bytes, bounded while they arrive in pieces, and
 * dispositions written at once, because some clients fail when an answer overtakes the disposition of its request.
 *
 * Every link gets LIMITS.AMQP_LINK_CREDIT; a delivery gives its credit back when it is settled, not when it arrives, so at
 * most that many messages of a link are under way.
 */
const WINDOW_FRAMES = LIMITS.AMQP_WINDOW_FRAMES;

interface Arriving {
  readonly deliveryId: number;
  readonly format: number;
  readonly settled: boolean;
  readonly pieces: Buffer[];
  bytes: number;
  /** Of the connection's ArrivingBytes. */
  taken: number;
}

export type DeliverMessage = (link: RheaLink, delivery: IncomingDelivery) => void;

export class IncomingTransfers implements RheaIncoming {
  readonly window = WINDOW_FRAMES;
  max_transfer_id = WINDOW_FRAMES;
  readonly #session: RheaSession;
  readonly #socket: GuardedSocket;
  readonly #deliver: DeliverMessage;
  readonly #room: ArrivingBytes;
  readonly #arriving = new Map<RheaLink, Arriving>();
  /** Links whose credit is held, and how much of it by now. */
  readonly #held = new Map<RheaLink, number>();
  #ended = false;
  #nextTransferId = 0;
  #sinceFlow = 0;

  /** `room` is one for all sessions of a connection. */
  constructor(session: RheaSession, socket: GuardedSocket, room: ArrivingBytes, deliver: DeliverMessage) {
    this.#session = session;
    this.#socket = socket;
    this.#room = room;
    this.#deliver = deliver;
  }

  get next_transfer_id(): number {
    return this.#nextTransferId;
  }

  on_begin(fields: TransferFields): void {
    this.#nextTransferId = fields.next_outgoing_id ?? 0;
  }

  on_flow(fields: TransferFields): void {
    this.#nextTransferId = fields.next_outgoing_id ?? this.#nextTransferId;
  }

  /** The peer settles what we left unsettled; we leave nothing so. */
  on_disposition(): void {}

  process(session: RheaSession): void {
    if (this.#sinceFlow < WINDOW_FRAMES / 2) return;
    this.#sinceFlow = 0;
    session._write_flow();
  }

  /** @throws HubError protocol.violation, message.tooLarge, which end the connection */
  on_transfer({ performative, payload }: RheaFrame, link: RheaLink): void {
    this.#nextTransferId = (this.#nextTransferId + 1) >>> 0;
    this.#sinceFlow++;
    // We detached and the peer does not know yet: what is on its way is void.
    if (!link.state.local_open) return;
    const arriving = this.#arriving.get(link) ?? this.#begin(performative, link);
    if (payload !== undefined) {
      arriving.taken += this.#room.take(payload.length);
      arriving.pieces.push(payload);
      arriving.bytes += payload.length;
    }
    if (arriving.bytes > LIMITS.AMQP_MESSAGE_BYTES_MAX) {
      throw new HubError('message.tooLarge', `AMQP: a message of more than ${LIMITS.AMQP_MESSAGE_BYTES_MAX} bytes`);
    }
    if (performative.more && !performative.aborted) this.#arriving.set(link, arriving);
    else this.#complete(link, arriving, performative.aborted === true);
    this.process(this.#session);
  }

  holdCredit(link: RheaLink): void {
    if (!this.#held.has(link)) this.#held.set(link, 0);
  }

  giveCredit(link: RheaLink): void {
    const held = this.#held.get(link) ?? 0;
    this.#held.delete(link);
    if (held > 0 && link.state.local_open) link.flow(held);
  }

  /** Messages of the link that are not settled: the credit that was used and is not given back. */
  unsettled(link: RheaLink): number {
    return LIMITS.AMQP_LINK_CREDIT - link.credit - (this.#held.get(link) ?? 0);
  }

  forget(link: RheaLink): void {
    this.#room.giveBack(this.#arriving.get(link)?.taken ?? 0);
    this.#arriving.delete(link);
    this.#held.delete(link);
  }

  /** The session is gone: what is settled from now on, nobody hears of. */
  end(): void {
    this.#ended = true;
    for (const link of [...this.#arriving.keys()]) this.forget(link);
  }

  #begin(fields: TransferFields, link: RheaLink): Arriving {
    if (link.credit <= 0) throw new HubError('protocol.violation', 'AMQP: a transfer without credit');
    if (typeof fields.delivery_id !== 'number') {
      throw new HubError('protocol.violation', 'AMQP: the first transfer of a delivery has no delivery id');
    }
    return {
      deliveryId: fields.delivery_id,
      format: fields.message_format ?? 0,
      settled: fields.settled === true,
      pieces: [],
      bytes: 0,
      taken: 0,
    };
  }

  #complete(link: RheaLink, { deliveryId, format, settled, pieces, taken }: Arriving, aborted: boolean): void {
    this.#arriving.delete(link);
    this.#room.giveBack(taken);
    link.credit--;
    link.delivery_count = (link.delivery_count + 1) >>> 0;
    if (aborted) {
      link.flow(1);
      return;
    }
    const payload = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    let open = true;
    const settle = (error?: AmqpError) => {
      if (!open || this.#ended) return;
      open = false;
      if (!settled) this.#writeSettled(deliveryId, error);
      const held = this.#held.get(link);
      if (held !== undefined) this.#held.set(link, held + 1);
      else if (link.state.local_open) link.flow(1);
    };
    this.#deliver(link, { format, payload, accept: () => settle(), reject: (error) => settle(error) });
  }

  #writeSettled(deliveryId: number, error: AmqpError | undefined): void {
    const { channel } = this.#session.local;
    writeDisposition(this.#socket.out, { channel, asReceiver: true, first: deliveryId, last: deliveryId, error });
    this.#socket.wrote();
  }
}
