import type { EventEmitter } from 'node:events';
import type { Typed } from 'rhea';

/**
 * The parts of rhea that its typings keep quiet about and the engine needs: the endpoints' state, the frames before they are
 * written, and the two objects that count transfers of a session, which the engine replaces by its own.
 * Read from rhea 3.0.5, lib/connection.js, session.js, link.js.
 */
export interface RheaConnection extends EventEmitter {
  readonly state: RheaEndpointState;
  readonly local: { readonly open: RheaComposite; readonly close: RheaComposite };
  readonly remote: { readonly open?: RheaComposite };
  readonly remote_channel_map: Readonly<Record<number, RheaSession>>;
  readonly hostname: string | undefined;
  readonly max_frame_size: number | undefined;
  accept(socket: unknown): void;
  close(error?: { condition: string; description: string }): void;
  /** Nothing was heard for the idle time-out: closes, and cuts off a second later. */
  idle(): void;
  _register(): void;
  _process(): void;
  _write_frame(channel?: number, frame?: RheaComposite, payload?: Buffer): void;
  on_detach(frame: RheaFrame): void;
  on_flow(frame: RheaFrame): void;
  on_disposition(frame: RheaFrame): void;
}

export interface RheaSession extends EventEmitter {
  readonly connection: RheaConnection;
  readonly state: RheaEndpointState;
  readonly local: { readonly channel: number; readonly begin: RheaComposite };
  readonly remote: { readonly begin: TransferFields };
  outgoing: RheaOutgoing;
  incoming: RheaIncoming;
  on_flow(frame: RheaFrame): void;
  _write_flow(link?: RheaLink): void;
}

export interface RheaLink extends EventEmitter {
  readonly name: string;
  readonly session: RheaSession;
  readonly connection: RheaConnection;
  readonly state: RheaEndpointState;
  readonly local: { readonly handle: number; readonly attach: RheaComposite; readonly detach: RheaComposite };
  readonly remote: { readonly attach: RheaAttach };
  credit: number;
  delivery_count: number;
  issue_flow: boolean;
  /** Senders only: the peer asked for the credit to be used up or given back. */
  _draining?: boolean;
  set_source(fields: object): void;
  set_target(fields: object): void;
  is_receiver(): boolean;
  open(): void;
  close(error?: object): void;
  /** Receivers only. */
  flow(credit: number): void;
  /** Senders only. */
  set_drained(drained: boolean): void;
}

interface RheaEndpointState {
  /** Set back only to take an opening back that is not written yet. */
  local_open: boolean;
  readonly remote_open: boolean;
  /** Above 0 until the opening frame is written. */
  open_requests: number;
}

/** A performative: getters and setters by field name over a list of typed values. */
export interface RheaComposite {
  readonly value: unknown[];
  described(): Typed;
  [field: string]: unknown;
}

interface RheaAttach {
  /** A terminus, or a typed null. */
  readonly source: unknown;
  readonly target: unknown;
  readonly properties: Record<string, unknown> | null | undefined;
  readonly desired_capabilities: string | string[] | null | undefined;
  readonly snd_settle_mode: number | null | undefined;
  readonly rcv_settle_mode: number | null | undefined;
}

/** What a peer gave as a terminus; undefined for none. */
export function terminusOf(given: unknown): RheaTerminus | undefined {
  const isTerminus = typeof given === 'object' && given !== null && 'described' in given;
  return isTerminus ? (given as RheaTerminus) : undefined;
}

export interface RheaTerminus extends RheaComposite {
  readonly address: string | null | undefined;
  readonly filter: Record<string, unknown> | null | undefined;
}

/** Fields of begin, flow, transfer and disposition that the transfer counters read. */
export interface TransferFields {
  readonly next_incoming_id?: number | null;
  readonly incoming_window?: number | null;
  readonly next_outgoing_id?: number | null;
  readonly delivery_id?: number | null;
  readonly message_format?: number | null;
  readonly settled?: boolean | null;
  readonly more?: boolean | null;
  readonly aborted?: boolean | null;
  readonly first?: number | null;
  readonly last?: number | null;
  readonly state?: Typed | null;
  readonly handle?: number | null;
  readonly delivery_count?: number | null;
  link_credit?: number | null;
  readonly echo?: boolean | null;
}

export interface RheaFrame {
  readonly channel: number;
  readonly performative: TransferFields;
  readonly payload?: Buffer;
}

export interface RheaOutgoing {
  readonly window: number;
  readonly next_transfer_id: number;
  readonly deliveries: { available(): number };
  available(): number;
  on_begin(fields: TransferFields): void;
  on_flow(fields: TransferFields): void;
  on_disposition(fields: TransferFields): void;
  process(): void;
}

export interface RheaIncoming {
  readonly window: number;
  readonly next_transfer_id: number;
  max_transfer_id: number;
  on_begin(fields: TransferFields): void;
  on_flow(fields: TransferFields): void;
  on_transfer(frame: RheaFrame, link: RheaLink): void;
  on_disposition(fields: TransferFields): void;
  process(session: RheaSession): void;
}
