import { asHubError, HubError, LIMITS } from '@viaduct/contracts';
import type { JsonObject, ThrottledOperation } from '../../../core/ports.ts';
import { holdOperation } from '../../../core/throttle/hold-operation.ts';
import { getTwin } from '../../../core/twin/get-twin.ts';
import { patchReported } from '../../../core/twin/patch-reported.ts';
import { deviceTwinDocument } from '../../../core/twin/twin-document.ts';
import { parseTwinPatch, twinRefusalBody } from '../../twin-refusal.ts';
import { amqpErrorOf, isFault } from '../amqp-error.ts';
import type { AttachRequest, IncomingDelivery } from '../engine/engine.ts';
import type { DeviceLinkHost, DeviceLinks } from './device-links.ts';
import { LinkPair } from './link-pair.ts';
import { noticeOf, TWIN_PAYLOAD, type TwinMessage } from './twin-payload.ts';
import { parseTwinRequest, type TwinRequest } from './twin-request.ts';

interface Waiting {
  readonly delivery: IncomingDelivery;
  readonly correlationId: Buffer | undefined;
  readonly request: TwinRequest | HubError;
}

interface Outgoing {
  readonly message: TwinMessage;
  /** It is about to leave, or never will. */
  sent(): void;
}

/** What a request leads to, for the answer. */
interface Result {
  readonly status: number;
  readonly version?: number;
  readonly body: Buffer;
}

const NOTHING = Buffer.alloc(0);

/**
 * The twin of one identity over AMQP: requests on the device's sender, answers and notices on its receiver.
 *
 *     request ─► #requests ─► done ─► answer ─► #outbox ─ credit ─► sent, and the request settled
 *                          desiredChanged ─────► #outbox
 *
 * Invariants
 *  1. Requests are done one after the other, in the order in which they came; the next one when the answer before it has left.
 *  2. A request is settled, which gives its credit back, when its answer leaves: at most LIMITS.AMQP_LINK_CREDIT are under way.
 *  3. Notices only after PUT, and until DELETE or until the receiver goes. Desired changes leave in the order of their
 *     versions; a device that takes none while LIMITS.AMQP_ANSWERS_WAITING_MAX wait loses the link, not single ones.
 */
export class TwinLinks implements DeviceLinks {
  readonly #host: DeviceLinkHost;
  readonly #links: LinkPair;
  readonly #ending = new AbortController();
  readonly #requests: Waiting[] = [];
  #outbox: Outgoing[] = [];
  #working = false;
  #subscribed = false;
  #sentCount = 0;

  constructor(host: DeviceLinkHost) {
    this.#host = host;
    this.#links = new LinkPair(host, 'twin', {
      ready: () => this.#sendAll(),
      message: (delivery) => this.#received(delivery),
      gone: (which) => this.#gone(which),
    });
  }

  attach(request: AttachRequest): void {
    this.#links.attach(request);
    if (request.peerReceives) this.#unsubscribe();
  }

  /** The desired section changed; `patch` carries `$version`. */
  desiredChanged(patch: JsonObject): void {
    const link = this.#links.outgoing;
    if (!this.#subscribed || link === undefined) return;
    if (this.#outbox.length >= LIMITS.AMQP_ANSWERS_WAITING_MAX) {
      this.#subscribed = false;
      this.#host.linkFailed(link, new HubError('connection.slow', 'the device does not take the changes it asked for'));
      return;
    }
    this.#outbox.push({ message: noticeOf(patch), sent: () => undefined });
    this.#sendAll();
  }

  async close(): Promise<void> {
    this.#ending.abort();
    this.#gone('incoming');
    this.#gone('outgoing');
  }

  #received(delivery: IncomingDelivery): void {
    this.#host.heard();
    try {
      this.#requests.push({ delivery, ...parseTwinRequest(delivery.payload) });
    } catch (thrown) {
      if (isFault(thrown)) this.#host.fault(thrown);
      else this.#host.refused(asHubError(thrown));
      delivery.reject(amqpErrorOf(thrown));
      return;
    }
    if (!this.#working) this.#workAll().catch((fault: unknown) => this.#host.fault(fault));
  }

  async #workAll(): Promise<void> {
    this.#working = true;
    try {
      for (let next = this.#requests.shift(); next !== undefined; next = this.#requests.shift()) await this.#work(next);
    } finally {
      this.#working = false;
    }
  }

  async #work({ delivery, correlationId, request }: Waiting): Promise<void> {
    const result = await this.#resultOf(request);
    if (result === undefined) return;
    if (correlationId === undefined) return delivery.accept();
    await new Promise<void>((resolve) => {
      const sent = () => {
        delivery.accept();
        resolve();
      };
      this.#outbox.push({ message: { kind: 'answer', correlationId, ...result }, sent });
      this.#sendAll();
    });
  }

  /** Undefined when the session ended meanwhile: nobody is left to hear it. */
  async #resultOf(request: TwinRequest | HubError): Promise<Result | undefined> {
    try {
      if (request instanceof HubError) throw request;
      const result = await this.#done(request);
      return this.#ending.signal.aborted ? undefined : result;
    } catch (thrown) {
      if (this.#ending.signal.aborted) return undefined;
      const refusal = asHubError(thrown);
      if (isFault(thrown)) this.#host.fault(thrown);
      else this.#host.refused(refusal);
      return { status: refusal.row.http, body: twinRefusalBody(this.#host.hub, refusal) };
    }
  }

  async #done(request: TwinRequest): Promise<Result> {
    const { hub, speaker } = this.#host;
    switch (request.kind) {
      case 'get': {
        await this.#held('twinRead');
        return { status: 200, body: Buffer.from(JSON.stringify(deviceTwinDocument(await getTwin(hub, speaker)))) };
      }
      case 'patch': {
        await this.#held('twinUpdate');
        const twin = await patchReported(hub, speaker, parseTwinPatch(request.body), request.version);
        return { status: 204, version: twin.reported.version, body: NOTHING };
      }
      case 'subscribe':
      case 'unsubscribe':
        this.#subscribed = request.kind === 'subscribe';
        return { status: 200, body: NOTHING };
      default:
        throw request satisfies never;
    }
  }

  /** @throws HubError throttle.exceeded (retry); the signal's reason */
  async #held(operation: ThrottledOperation): Promise<void> {
    await holdOperation(this.#host.hub, this.#host.speaker, operation);
    this.#ending.signal.throwIfAborted();
  }

  #sendAll(): void {
    const link = this.#links.outgoing;
    while (link?.canSend && this.#outbox.length > 0) {
      const { message, sent } = this.#outbox.shift() as Outgoing;
      // The disposition of the request goes first: some clients fail when the answer overtakes it.
      sent();
      link.send(this.#nextTag(), TWIN_PAYLOAD, message);
    }
    if (link?.draining) link.drained();
  }

  #nextTag(): Buffer {
    const tag = Buffer.alloc(4);
    tag.writeUInt32BE(this.#sentCount);
    this.#sentCount = (this.#sentCount + 1) >>> 0;
    return tag;
  }

  #gone(which: 'incoming' | 'outgoing'): void {
    if (which === 'incoming') {
      this.#requests.length = 0;
      return;
    }
    this.#unsubscribe();
    const unread = this.#outbox;
    this.#outbox = [];
    for (const { sent } of unread) sent();
  }

  /** A new receiver subscribes anew, and what changed before it did so is in the twin that it reads then. */
  #unsubscribe(): void {
    this.#subscribed = false;
    this.#outbox = this.#outbox.filter(({ message }) => message.kind === 'answer');
  }
}
