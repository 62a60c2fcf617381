import { setTimeout as wait } from 'node:timers/promises';
import { type DeviceIdentity, parsePropertyBag } from '@viaduct/contracts';
import type { FastifyRequest } from 'fastify';
import {
  FAULT_PROPERTY_PREFIX,
  faultRefusal,
  isInvokedError,
  readInjectedFault,
} from '../../core/fault/injected-fault.ts';
import type { InjectsFaults } from '../../core/hub.ts';
import type { TelemetryMessage } from '../../core/telemetry/accept-telemetry.ts';

/**
 * Carries out the fault that a request orders. Resolves with whether it was an order: then it is no telemetry, and what is left
 * to do is to answer. The same order sent again, as clients do when they were refused, is answered as if all were well.
 *
 * @throws HubError what the order invokes; argument.invalid
 */
export async function obeyOrder(
  { faultInjection }: InjectsFaults,
  request: FastifyRequest,
  identity: DeviceIdentity,
  messages: readonly TelemetryMessage[],
): Promise<boolean> {
  const bag = messages.find((message) => message.bag.includes(FAULT_PROPERTY_PREFIX))?.bag;
  if (faultInjection === null || bag === undefined) return false;
  const fault = readInjectedFault(parsePropertyBag(bag).application);
  if (fault === undefined) return false;
  if (faultInjection.isRepeat(identity, bag)) return true;
  faultInjection.order({ identity, fault, transport: 'https', remoteAddress: request.ip }, bag);
  await wait(fault.delaySeconds * 1_000);
  if (isInvokedError(fault)) throw faultRefusal(fault);
  request.raw.socket.destroy();
  return true;
}
