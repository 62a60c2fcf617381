import { asHubError, HubError, isDtmi } from '@viaduct/contracts';
import { faultRefusal, type InjectedFault, isInvokedError } from '../../../core/fault/injected-fault.ts';
import type { Hub } from '../../../core/hub.ts';
import type { JsonObject, Transport } from '../../../core/ports.ts';
import type { Speaker } from '../../../core/record/record.ts';
import { rememberModel } from '../../../core/registry/remember-model.ts';
import type { DeviceSession, MethodAnswer, MethodCall } from '../../../core/session/device-session.ts';
import { type Admitted, enterSession } from '../../../core/session/enter-session.ts';
import type { DevicePurpose } from '../address.ts';
import { amqpErrorOf } from '../amqp-error.ts';
import type { AttachRequest, Link } from '../engine/engine.ts';
import { CommandLinks } from './command-links.ts';
import type { DeviceLinkHost, DeviceLinks } from './device-links.ts';
import { MethodLinks } from './method-links.ts';
import { type LinkKind, linkOf } from './ordered-fault.ts';
import { TelemetryLinks } from './telemetry-links.ts';
import { TwinLinks } from './twin-links.ts';

/** What a session asks of the connection that carries it. */
export interface SessionHost {
  readonly hub: Hub;
  readonly transport: Transport;
  readonly remoteAddress: string;
  /** Why the connection is over, when it is and the peer did not close it in order. */
  readonly connectionEndedBy: HubError | undefined;
  /** The session is over. `reason` is ours, and the peer is to hear it; null when its links or the connection went. */
  sessionEnded(session: AmqpDeviceSession, reason: HubError | null): void;
  refused(session: AmqpDeviceSession, reason: HubError): void;
  accepted(messages: number): void;
  fault(thrown: unknown): void;
}

/**
 * One identity on one connection: all its links.
 *
 *     made ─ first link ─► entered ─ last link gone · connection over · close ─► ended
 *
 * Invariants
 *  1. It is in the session directory from its first link to its end, and ends once.
 *  2. When it ends from our side its links are detached with the reason; those of other identities go on.
 *  3. After the end nothing is accepted, method calls are rejected, and locked commands are on their way back.
 */
export class AmqpDeviceSession implements DeviceSession, DeviceLinkHost {
  readonly hub: Hub;
  readonly transport: Transport;
  readonly remoteAddress: string;
  readonly connectedTime: number;
  readonly #host: SessionHost;
  readonly #links = new Map<Link, LinkKind>();
  #attaching: LinkKind = { purpose: 'events', peerReceives: false };
  #breakDown: NodeJS.Timeout | undefined;
  readonly #telemetry: TelemetryLinks;
  readonly #commands: CommandLinks;
  readonly #methods: MethodLinks;
  readonly #twin: TwinLinks;
  readonly #admitted: Admitted;
  #speaker: Speaker;
  #lastActivityTime: number;
  #state: 'made' | 'entered' | 'ended' = 'made';
  #endedBy: HubError | null = null;

  /** `admitted` is what the speaker was let in by. */
  constructor(host: SessionHost, speaker: Speaker, admitted: Admitted) {
    this.#host = host;
    this.#admitted = admitted;
    this.#speaker = speaker;
    this.hub = host.hub;
    this.transport = host.transport;
    this.remoteAddress = host.remoteAddress;
    this.connectedTime = this.#lastActivityTime = host.hub.clock.now();
    this.#telemetry = new TelemetryLinks(this);
    this.#commands = new CommandLinks(this);
    this.#methods = new MethodLinks(this);
    this.#twin = new TwinLinks(this);
  }

  /** Accepts a link of this identity. @throws HubError protocol.violation, link.addressUnknown */
  attach(request: AttachRequest, purpose: DevicePurpose): void {
    const { peerReceives } = request;
    // Commands have an address of their own, and that of events read the other way.
    this.#attaching = { purpose: purpose === 'events' && peerReceives ? 'commands' : purpose, peerReceives };
    this.#linksFor(purpose, peerReceives).attach(request);
  }

  /** What a link says about the device's model: kept, and told to readers of what comes from now on. */
  async announceModel(modelId: string): Promise<void> {
    if (!isDtmi(modelId) || modelId === this.#speaker.modelId) return;
    await rememberModel(this.hub, this.#speaker, modelId);
    this.#speaker = { ...this.#speaker, modelId };
  }

  /** @throws HubError why the session has ended, if it has */
  requireAlive(): void {
    if (this.#state !== 'ended') return;
    throw this.#endedBy ?? new HubError('connection.replaced', 'the last link went while this one was being decided');
  }

  get hasLinks(): boolean {
    return this.#links.size > 0;
  }

  // ---- DeviceSession ---------------------------------------------------------------------------------------------------

  get identity(): Speaker {
    return this.#speaker;
  }

  get lastActivityTime(): number {
    return this.#lastActivityTime;
  }

  get listensForMethods(): boolean {
    return this.#methods.listens;
  }

  invokeMethod(call: MethodCall, signal: AbortSignal): Promise<MethodAnswer> {
    return this.#methods.invoke(call, signal);
  }

  desiredChanged(patch: JsonObject): void {
    this.#twin.desiredChanged(patch);
  }

  commandsWaiting(): void {
    this.#commands.wake();
  }

  close(reason: HubError): void {
    if (this.#state === 'ended') return;
    const links = [...this.#links.keys()];
    this.#end(reason);
    for (const link of links) link.detach(amqpErrorOf(reason));
    this.#host.sessionEnded(this, reason);
  }

  // ---- DeviceLinkHost --------------------------------------------------------------------------------------------------

  get speaker(): Speaker {
    return this.#speaker;
  }

  heard(): void {
    this.#lastActivityTime = this.hub.clock.now();
  }

  accepted(messages: number): void {
    this.#host.accepted(messages);
  }

  linkBegan(link: Link): void {
    this.#links.set(link, this.#attaching);
    if (this.#state !== 'made') return;
    this.#state = 'entered';
    enterSession(this.hub, this, this.#admitted).catch((thrown: unknown) => {
      this.#host.fault(thrown);
      this.close(asHubError(thrown));
    });
  }

  linkEnded(link: Link): void {
    if (!this.#links.delete(link) || this.#links.size > 0 || this.#state !== 'entered') return;
    this.#end(this.#host.connectionEndedBy ?? null);
    this.#host.sessionEnded(this, null);
  }

  linkFailed(link: Link, thrown: unknown): void {
    if (thrown instanceof HubError && thrown.code !== 'server.fault') this.refused(thrown);
    else this.fault(thrown);
    link.detach(amqpErrorOf(thrown));
    // The peer may take its time to answer, or never do.
    this.linkEnded(link);
  }

  refused(reason: HubError): void {
    this.#host.refused(this, reason);
  }

  breakDown(fault: InjectedFault): void {
    const { identity, transport, remoteAddress } = this;
    this.hub.faultInjection?.order({ identity, fault, transport, remoteAddress });
    // What it invokes is told to the messages that come then.
    if (isInvokedError(fault)) return;
    clearTimeout(this.#breakDown);
    this.#breakDown = setTimeout(() => this.#break(fault), fault.delaySeconds * 1_000);
  }

  #break(fault: InjectedFault): void {
    const only = linkOf(fault);
    const reason = faultRefusal(fault);
    if (only === undefined) this.close(reason);
    for (const [link, { purpose, peerReceives }] of [...this.#links]) {
      if (purpose !== only?.purpose || peerReceives !== only.peerReceives) continue;
      link.detach(amqpErrorOf(reason));
      this.linkEnded(link);
    }
  }

  fault(thrown: unknown): void {
    this.#host.fault(thrown);
  }

  #linksFor(purpose: DevicePurpose, peerReceives: boolean): DeviceLinks {
    switch (purpose) {
      case 'events':
        return peerReceives ? this.#commands : this.#telemetry;
      case 'commands':
        return this.#commands;
      case 'methods':
        return this.#methods;
      case 'twin':
        return this.#twin;
      default:
        throw purpose satisfies never;
    }
  }

  #end(reason: HubError | null): void {
    const wasEntered = this.#state === 'entered';
    this.#state = 'ended';
    this.#endedBy = reason;
    this.#links.clear();
    clearTimeout(this.#breakDown);
    if (wasEntered) this.hub.sessions.leave(this, reason, this.hub.clock.now());
    const parts = [this.#telemetry, this.#commands, this.#methods, this.#twin];
    Promise.all(parts.map((part) => part.close())).catch((thrown: unknown) => this.fault(thrown));
  }
}
