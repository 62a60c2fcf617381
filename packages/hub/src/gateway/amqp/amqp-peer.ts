import { asHubError, type DeviceIdentity, HubError, isSas, LIMITS } from '@viaduct/contracts';
import type { ClientCertificate } from '../../core/access/decide-device-access.ts';
import { sendCommand } from '../../core/command/send-command.ts';
import type { Hub } from '../../core/hub.ts';
import type { Transport } from '../../core/ports.ts';
import { holdOperation } from '../../core/throttle/hold-operation.ts';
import { type AccessClaim, AccessClaims, type AmqpScope } from './access-claims.ts';
import { type AmqpAddress, parseAmqpAddress } from './address.ts';
import { amqpErrorOf, isFault } from './amqp-error.ts';
import { ConnectedIdentities } from './device/connected-identities.ts';
import type { AttachRequest, ConnectionHandler, IncomingDelivery, Link, ServerConnection } from './engine/engine.ts';
import { attachConsumer } from './events/attach-consumer.ts';
import { claimByPassword, claimByToken, claimedIdentity, guarded } from './judge-credential.ts';
import { parseAmqpCommand } from './nodes/accept-command.ts';
import { answerManagement, type DescribedEventHub } from './nodes/describe-event-hub.ts';
import { FeedbackSender } from './nodes/feedback-sender.ts';
import { FileNotificationSender } from './nodes/file-notification-sender.ts';
import { answerPutToken } from './nodes/put-token.ts';
import { RequestNode } from './nodes/request-node.ts';

/** What all peers of one gateway share. */
export interface AmqpPeerContext {
  readonly hub: Hub;
  readonly eventHub: DescribedEventHub;
  readonly eventHubName: string;
  /** Where this hub's event hub is to be found, for redirects. */
  readonly redirectPort: number;
  readonly onFault: (fault: unknown) => void;
  /** Messages of telemetry that were acknowledged. */
  readonly onAccepted: (messages: number) => void;
}

export interface PeerSocket {
  readonly transport: Extract<Transport, 'amqp' | 'amqp-ws'>;
  readonly remoteAddress: string;
  /** Of the TLS handshake. */
  readonly certificate: ClientCertificate | undefined;
}

/** Timers cannot wait longer than this; a later expiry is looked at again then. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Time for a device whose links were detached to close the connection itself. */
const LEAVE_MS = 1_000;

interface ScopedLink {
  readonly link: Link;
  readonly scope: AmqpScope;
}

/**
 * One connection: what it may do, and which of its links go where.
 *
 *     attach ─► address ─┬─ scope covered by a token? ─► node │ refusal
 *                        └─ a device's ─► ConnectedIdentities
 *
 * Invariants
 *  1. No link but `$cbs` and `$management` is accepted before a token covers it, or a certificate where a device is meant;
 *     `$management` judges every request.
 *  2. When the last token that covers a link runs out, the link is detached with the reason.
 *  3. Every refusal is told to the peer and booked for the operator.
 */
export class AmqpPeer implements ConnectionHandler {
  readonly #context: AmqpPeerContext;
  readonly #socket: PeerSocket;
  readonly #claims = new AccessClaims();
  readonly #links = new Set<ScopedLink>();
  readonly #cbs = new RequestNode((message) => answerPutToken(message, (token) => this.#takeToken(token)));
  readonly #management: RequestNode;
  readonly #identities: ConnectedIdentities;
  #connection: ServerConnection | undefined;
  #expiryTimer: NodeJS.Timeout | undefined;
  #leaveTimer: NodeJS.Timeout | undefined;
  #linksBeforeToken = 0;

  constructor(context: AmqpPeerContext, socket: PeerSocket) {
    this.#context = context;
    this.#socket = socket;
    this.#management = new RequestNode((message) =>
      answerManagement(context.hub, context.eventHub, message, (token) => this.#authorizeReading(token)),
    );
    this.#identities = this.#serveIdentities();
  }

  /** Before anything arrives. */
  begin(connection: ServerConnection): void {
    this.#connection = connection;
  }

  close(reason: HubError): void {
    const servedDevices = !this.#identities.isEmpty;
    this.#identities.close(reason);
    // Only now: what comes on the links that were just detached is void, and the peer knows.
    this.#connection?.readOn();
    if (servedDevices) this.#closeUnlessItLeaves(reason);
    else this.#connection?.close(amqpErrorOf(reason));
  }

  async authenticatePlain(userName: string, password: string): Promise<boolean> {
    try {
      this.#addClaim(await claimByPassword(this.#context, userName, password));
      return true;
    } catch (thrown) {
      this.#book(thrown, claimedIdentity({ userName })?.deviceId);
      return false;
    }
  }

  attached(request: AttachRequest): void {
    const isStranger = this.#claims.isEmpty && this.#identities.isEmpty;
    if (isStranger && ++this.#linksBeforeToken > LIMITS.AMQP_LINKS_BEFORE_TOKEN_MAX) {
      throw new HubError('credential.missing', 'too many links without a token');
    }
    const address = parseAmqpAddress(request.address ?? '', this.#context.eventHub.name);
    try {
      this.#route(request, address);
    } catch (thrown) {
      this.#book(thrown, address.kind === 'device' ? address.identity.deviceId : null);
      request.refuse(amqpErrorOf(thrown));
    }
  }

  ended(fault: unknown): void {
    clearTimeout(this.#expiryTimer);
    clearTimeout(this.#leaveTimer);
    this.#identities.ended();
    if (fault !== undefined && fault instanceof HubError) this.#book(fault);
    else if (fault !== undefined && !isSocketError(fault)) this.#context.onFault(fault);
  }

  #route(request: AttachRequest, address: AmqpAddress): void {
    const onFault = (fault: unknown) => this.#failed(fault);
    switch (address.kind) {
      case 'cbs':
        this.#cbs.attach(request, onFault);
        break;
      case 'management':
        this.#management.attach(request, onFault);
        break;
      case 'redirect':
        this.#redirect(request, address.rest);
        break;
      case 'consumer':
        this.#attachConsumer(request, address);
        break;
      case 'publish':
        throw new HubError('credential.insufficientRights', 'nobody but devices publishes to this event hub');
      case 'commands':
        this.#attachCommands(request);
        break;
      case 'feedback':
        this.#attachFeedback(request);
        break;
      case 'fileNotifications':
        this.#attachFileNotifications(request);
        break;
      case 'device':
        this.#identities.attach({ request, ...address });
        break;
      case 'unknown':
        throw new HubError('link.addressUnknown', `nothing is at "${(request.address ?? '').slice(0, 160)}"`);
      default:
        address satisfies never;
    }
  }

  // ---- tokens ----------------------------------------------------------------------------------------------------------

  async #takeToken(token: string): Promise<void> {
    try {
      this.#addClaim(await claimByToken(this.#context, token));
    } catch (thrown) {
      this.#book(thrown, claimedIdentity({ token })?.deviceId);
      throw guarded(thrown);
    }
  }

  async #authorizeReading(token: string | undefined): Promise<void> {
    const { hub } = this.#context;
    const claims = new AccessClaims();
    // Some clients put no token on the connection and send it with every request; some send a number there.
    if (token !== undefined && isSas(token)) claims.add(await claimByToken(this.#context, token));
    (claims.isEmpty ? this.#claims : claims).require('messages/events', hub.clock.now());
  }

  #addClaim(claim: AccessClaim): void {
    this.#claims.add(claim);
    this.#watchExpiry();
  }

  #watchExpiry(): void {
    clearTimeout(this.#expiryTimer);
    const now = this.#context.hub.clock.now();
    const inMs = Math.min(this.#claims.nextExpiry(now), this.#identities.nextExpiry(now)) - now;
    if (inMs === Number.POSITIVE_INFINITY) return;
    this.#expiryTimer = setTimeout(() => this.#expire(), Math.min(inMs + 1, TIMER_MS_MAX)).unref();
  }

  #expire(): void {
    const now = this.#context.hub.clock.now();
    for (const { link, scope } of this.#links) {
      try {
        this.#claims.require(scope, now);
      } catch (thrown) {
        this.#book(thrown);
        link.detach(amqpErrorOf(thrown));
      }
    }
    this.#identities.expire();
    this.#watchExpiry();
  }

  // ---- devices ---------------------------------------------------------------------------------------------------------

  #serveIdentities(): ConnectedIdentities {
    const peer = this;
    return new ConnectedIdentities({
      hub: this.#context.hub,
      ...this.#socket,
      claims: this.#claims,
      get connectionEndedBy() {
        return peer.#connection?.endedBy;
      },
      admitted: () => {
        this.#linksBeforeToken = 0;
        this.#watchExpiry();
      },
      lastEnded: (identity, reason) => this.#lastEnded(identity, reason),
      refused: ({ deviceId }, thrown) => this.#book(thrown, deviceId),
      accepted: this.#context.onAccepted,
      fault: this.#context.onFault,
    });
  }

  /** A connection that served only this identity goes with it; others may still need theirs. */
  #lastEnded(identity: DeviceIdentity, reason: HubError): void {
    if (this.#links.size > 0 || this.#claims.coversOthersThan(identity)) return;
    this.#closeUnlessItLeaves(reason);
  }

  /**
   * A device whose links were detached leaves in order: it detaches what it has left, ends, closes. Told to close while it
   * does that, the Node client waits 45 s for answers that nobody will send; so it is told only when it does not leave.
   */
  #closeUnlessItLeaves(reason: HubError): void {
    clearTimeout(this.#leaveTimer);
    this.#leaveTimer = setTimeout(() => {
      // It may have come back on this connection meanwhile, which is its right.
      if (this.#identities.isEmpty && this.#links.size === 0) this.#connection?.close(amqpErrorOf(reason));
    }, LEAVE_MS);
  }

  // ---- links -----------------------------------------------------------------------------------------------------------

  #attachConsumer(request: AttachRequest, address: Extract<AmqpAddress, { kind: 'consumer' }>): void {
    requireDirection(request, 'receive');
    this.#requireScope('messages/events');
    let scoped: ScopedLink | undefined;
    const link = attachConsumer(this.#context.hub, request, address, {
      ...this.#socket,
      onEnded: () => scoped && this.#links.delete(scoped),
      onFault: (fault) => this.#linkFailed(scoped?.link, fault),
    });
    scoped = this.#scoped(link, 'messages/events');
  }

  #attachCommands(request: AttachRequest): void {
    requireDirection(request, 'send');
    this.#requireScope('messages/devicebound');
    const scoped = this.#scoped(
      request.acceptIncoming({
        message: (delivery) => void this.#takeCommand(delivery),
        ended: () => this.#links.delete(scoped),
      }),
      'messages/devicebound',
    );
  }

  async #takeCommand(delivery: IncomingDelivery): Promise<void> {
    try {
      const { identity, command } = parseAmqpCommand(delivery.payload);
      await holdOperation(this.#context.hub, identity, 'commandSend');
      await sendCommand(this.#context.hub, identity, command);
      delivery.accept();
    } catch (thrown) {
      if (isFault(thrown)) this.#context.onFault(thrown);
      delivery.reject(amqpErrorOf(thrown));
    }
  }

  #attachFeedback(request: AttachRequest): void {
    requireDirection(request, 'receive');
    this.#requireScope('messages/servicebound');
    let scoped: ScopedLink | undefined;
    const sender = new FeedbackSender(
      this.#context.hub,
      (fault) => this.#feedbackFailed(fault),
      () => scoped && this.#links.delete(scoped),
    );
    const link = request.acceptOutgoing(sender);
    scoped = this.#scoped(link, 'messages/servicebound');
    sender.begin(link);
  }

  #attachFileNotifications(request: AttachRequest): void {
    requireDirection(request, 'receive');
    this.#requireScope('messages/servicebound');
    let scoped: ScopedLink | undefined;
    const sender = new FileNotificationSender(
      this.#context.hub,
      (fault) => this.#feedbackFailed(fault),
      () => scoped && this.#links.delete(scoped),
    );
    const link = request.acceptOutgoing(sender);
    scoped = this.#scoped(link, 'messages/servicebound');
    sender.begin(link);
  }

  /** Back ends look the event hub up under the hub's own name; both are here, but they insist on being sent on. */
  #redirect(request: AttachRequest, rest: string): void {
    this.#requireScope('messages/events');
    const { hub, eventHub, redirectPort } = this.#context;
    const asked = this.#connection?.hostName?.toLowerCase();
    const host = hub.hostNames.find((name) => name === asked) ?? hub.hostNames[0] ?? '';
    request.acceptThenDetach({
      condition: 'amqp:link:redirect',
      description: `the events are at ${eventHub.name}`,
      info: {
        hostname: host,
        'network-host': host,
        port: redirectPort,
        address: `amqps://${host}:${redirectPort}/${eventHub.name}${rest}`,
      },
    });
  }

  #requireScope(scope: AmqpScope): void {
    this.#claims.require(scope, this.#context.hub.clock.now());
  }

  #scoped(link: Link, scope: AmqpScope): ScopedLink {
    const scoped = { link, scope };
    this.#links.add(scoped);
    return scoped;
  }

  // ---- what went wrong -------------------------------------------------------------------------------------------------

  #linkFailed(link: Link | undefined, thrown: unknown): void {
    if (isFault(thrown)) this.#context.onFault(thrown);
    else this.#book(thrown);
    link?.detach(amqpErrorOf(thrown));
  }

  /** A batch whose lock ran out goes to somebody else; that is no news. */
  #feedbackFailed(thrown: unknown): void {
    if (isFault(thrown)) this.#context.onFault(thrown);
  }

  #failed(thrown: unknown): void {
    if (isFault(thrown)) this.#context.onFault(thrown);
    else this.#book(thrown);
    this.#connection?.close(amqpErrorOf(thrown));
  }

  #book(thrown: unknown, deviceId: string | null = null): void {
    if (isFault(thrown)) {
      this.#context.onFault(thrown);
      return;
    }
    const { code, message } = asHubError(thrown);
    const { transport, remoteAddress } = this.#socket;
    this.#context.hub.refusals.record({ deviceId, code, message, transport, remoteAddress });
  }
}

function requireDirection({ peerReceives }: AttachRequest, direction: 'send' | 'receive'): void {
  if (peerReceives === (direction === 'receive')) return;
  throw new HubError('protocol.violation', `clients ${direction} on this address`);
}

/** Peers vanish; that is nobody's fault. */
function isSocketError(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && typeof fault.code === 'string';
}
