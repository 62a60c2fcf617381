import { parsePropertyBag } from '@viaduct/contracts';
import type { FaultInjection } from '../../../core/fault/fault-injection.ts';
import {
  FAULT_PROPERTY_PREFIX,
  type FaultOperation,
  type InjectedFault,
  readInjectedFault,
} from '../../../core/fault/injected-fault.ts';
import type { DevicePurpose } from '../address.ts';
import { parseAmqpMessage } from '../codec/amqp-message.ts';
import type { IncomingDelivery } from '../engine/engine.ts';
import type { DeviceLinkHost } from './device-links.ts';
import type { AmqpTelemetry } from './telemetry-message.ts';

/** A link by what it is for and who receives on it. */
export interface LinkKind {
  readonly purpose: DevicePurpose;
  readonly peerReceives: boolean;
}

const LINK_OF: Partial<Record<FaultOperation, LinkKind>> = {
  KillAmqpD2CLink: { purpose: 'events', peerReceives: false },
  KillAmqpC2DLink: { purpose: 'commands', peerReceives: true },
  KillAmqpTwinLinkReq: { purpose: 'twin', peerReceives: false },
  KillAmqpTwinLinkResp: { purpose: 'twin', peerReceives: true },
  KillAmqpMethodReqLink: { purpose: 'methods', peerReceives: true },
  KillAmqpMethodRespLink: { purpose: 'methods', peerReceives: false },
};

/** The one link that a fault ends; undefined when it ends all that the identity has. */
export function linkOf({ operation }: InjectedFault): LinkKind | undefined {
  return LINK_OF[operation];
}

/**
 * Whether a delivery was an order; then it is accepted, and the fault begins after its delay.
 *
 * @throws HubError what an earlier order invokes, while it holds; argument.invalid
 */
export function takeOrder(
  faults: FaultInjection,
  host: DeviceLinkHost,
  delivery: IncomingDelivery,
  messages: readonly AmqpTelemetry[],
): boolean {
  const fault = orderIn(delivery, messages);
  if (fault === undefined) {
    faults.requireSend(host.speaker);
    return false;
  }
  delivery.accept();
  host.breakDown(fault);
  return true;
}

/** C writes an order on the envelope of a batch, others on a message. */
function orderIn({ payload }: IncomingDelivery, messages: readonly AmqpTelemetry[]): InjectedFault | undefined {
  if (!payload.includes(FAULT_PROPERTY_PREFIX)) return undefined;
  const bag = messages.find((message) => message.bag.includes(FAULT_PROPERTY_PREFIX))?.bag;
  if (bag !== undefined) return readInjectedFault(parsePropertyBag(bag).application);
  const { applicationProperties } = parseAmqpMessage(payload);
  return readInjectedFault(
    Object.fromEntries([...applicationProperties].map(([name, value]) => [String(name), value])),
  );
}
