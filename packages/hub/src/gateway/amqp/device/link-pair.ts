import { HubError } from '@viaduct/contracts';
import { amqpErrorOf } from '../amqp-error.ts';
import type { AttachRequest, IncomingHandler, IncomingLink, OutgoingHandler, OutgoingLink } from '../engine/engine.ts';
import type { DeviceLinkHost } from './device-links.ts';

/** What happens on a pair of links. */
export interface LinkPairHandler {
  /** The device's receiver may have credit. */
  ready(): void;
  message: IncomingHandler['message'];
  /** One of the two is gone, and none has taken its place. */
  gone(which: 'incoming' | 'outgoing'): void;
}

interface Half<L> {
  readonly link: L;
  readonly channel: string | undefined;
}

/**
 * Two links of an identity that belong together, methods' or twin's: the device sends on one and receives on the other.
 *
 * Invariants
 *  1. At most one link each way. A newcomer takes the place of its like; and of the other way, when their
 *     `com.microsoft:channel-correlation-id` differ: that one is left over from an earlier pair.
 *  2. `gone` is not called for a link that was replaced by its like.
 */
export class LinkPair {
  readonly #host: DeviceLinkHost;
  readonly #prefix: string;
  readonly #handler: LinkPairHandler;
  #incoming: Half<IncomingLink> | undefined;
  #outgoing: Half<OutgoingLink> | undefined;

  constructor(host: DeviceLinkHost, prefix: 'methods' | 'twin', handler: LinkPairHandler) {
    this.#host = host;
    this.#prefix = prefix;
    this.#handler = handler;
  }

  /** On which we send; undefined when there is none. */
  get outgoing(): OutgoingLink | undefined {
    return this.#outgoing?.link;
  }

  get incoming(): IncomingLink | undefined {
    return this.#incoming?.link;
  }

  attach(request: AttachRequest): void {
    const channel = this.#channelOf(request);
    if (request.peerReceives) this.#attachOutgoing(request, channel);
    else this.#attachIncoming(request, channel);
  }

  #attachOutgoing(request: AttachRequest, channel: string | undefined): void {
    const older = this.#outgoing;
    const half: Half<OutgoingLink> = { link: request.acceptOutgoing(this.#outgoingHandler(() => half)), channel };
    this.#outgoing = half;
    this.#host.linkBegan(half.link);
    if (older !== undefined) detachReplaced(older.link);
    if (this.#incoming !== undefined && differ(this.#incoming.channel, channel)) this.#leave('incoming');
  }

  #attachIncoming(request: AttachRequest, channel: string | undefined): void {
    const older = this.#incoming;
    const half: Half<IncomingLink> = { link: request.acceptIncoming(this.#incomingHandler(() => half)), channel };
    this.#incoming = half;
    this.#host.linkBegan(half.link);
    if (older !== undefined) detachReplaced(older.link);
    if (this.#outgoing !== undefined && differ(this.#outgoing.channel, channel)) this.#leave('outgoing');
  }

  #outgoingHandler(half: () => Half<OutgoingLink>): OutgoingHandler {
    return {
      ready: () => this.#outgoing === half() && this.#handler.ready(),
      ended: () => {
        if (this.#outgoing === half()) this.#forget('outgoing');
        this.#host.linkEnded(half().link);
      },
    };
  }

  #incomingHandler(half: () => Half<IncomingLink>): IncomingHandler {
    return {
      // What is on its way on a link that was replaced is void, but not unanswered.
      message: (delivery) => (this.#incoming === half() ? this.#handler.message(delivery) : delivery.accept()),
      ended: () => {
        if (this.#incoming === half()) this.#forget('incoming');
        this.#host.linkEnded(half().link);
      },
    };
  }

  #leave(which: 'incoming' | 'outgoing'): void {
    const link = which === 'incoming' ? this.incoming : this.outgoing;
    if (link !== undefined) detachReplaced(link);
    this.#forget(which);
  }

  #forget(which: 'incoming' | 'outgoing'): void {
    if (which === 'incoming') this.#incoming = undefined;
    else this.#outgoing = undefined;
    this.#handler.gone(which);
  }

  /** Java puts other values there, on links of other kinds. */
  #channelOf({ properties }: AttachRequest): string | undefined {
    const value = properties.get('com.microsoft:channel-correlation-id');
    if (typeof value !== 'string' || !value.startsWith(`${this.#prefix}:`)) return undefined;
    return value.slice(this.#prefix.length + 1);
  }
}

/** A link without an id goes with any other. */
function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function detachReplaced(link: IncomingLink | OutgoingLink): void {
  link.detach(amqpErrorOf(new HubError('connection.replaced', 'a newer link for the same took over')));
}
