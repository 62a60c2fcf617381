import type { HubError } from '@viaduct/contracts';
import type { InjectedFault } from '../../../core/fault/injected-fault.ts';
import type { Hub } from '../../../core/hub.ts';
import type { Speaker } from '../../../core/record/record.ts';
import type { AttachRequest, Link } from '../engine/engine.ts';

/**
 * The links of one identity on one connection, by what they are for.
 *
 *     attach ─► AmqpPeer ─► AmqpDeviceSession ─► telemetry │ commands │ methods │ twin
 *
 * Invariants
 *  1. What goes wrong on a link ends at most that link; the identity's others go on, and so do other identities.
 *  2. `linkEnded` is called once for every link that was accepted.
 */
export interface DeviceLinks {
  /** Accepts the link or throws the reason to refuse it. A second link of the same kind takes the first one's place. */
  attach(request: AttachRequest): void;
  /** The session ends: gives back locks, rejects calls under way. Links are detached by the session. */
  close(): Promise<void>;
}

/** What the links of one identity share; the session fills it. */
export interface DeviceLinkHost {
  readonly hub: Hub;
  /** Who speaks: identity, generation, authentication, model. */
  readonly speaker: Speaker;
  /** Something arrived from the device. */
  heard(): void;
  /** Messages of telemetry that are durable and acknowledged. */
  accepted(messages: number): void;
  /** A link is there, or gone. */
  linkBegan(link: Link): void;
  linkEnded(link: Link): void;
  /** Detaches `link` with the reason; books a refusal for the operator, reports a fault of ours. */
  linkFailed(link: Link, thrown: unknown): void;
  /** Books a refusal without any consequence for the link: the peer is told by a disposition. */
  refused(reason: HubError): void;
  /** Carries out, after its delay, the fault that the device ordered for itself. */
  breakDown(fault: InjectedFault): void;
  /** A fault of ours that no link can be blamed for. */
  fault(thrown: unknown): void;
}
