import { setTimeout as wait } from 'node:timers/promises';
import type { DeviceIdentity } from '@viaduct/contracts';
import type { FastifyRequest } from 'fastify';
import { type AuthenticatedDevice, authenticateDevice } from '../../core/access/authenticate-device.ts';
import type { Hub } from '../../core/hub.ts';
import type { ThrottledOperation } from '../../core/ports.ts';
import { clientCertificateOf } from '../client-certificate.ts';
import { identityIn } from './read-request.ts';

export interface DeviceCaller extends AuthenticatedDevice {
  readonly identity: DeviceIdentity;
}

/**
 * The device or module of the path, proved by a token or by the certificate of the connection. What it is refused from here on is
 * booked under its id; that it was heard of is known from here on, though it has no session.
 *
 * @throws HubError device.idInvalid, credential.*, device.notFound, device.disabled, module.notFound
 */
export async function authenticateCaller(hub: Hub, request: FastifyRequest): Promise<DeviceCaller> {
  const identity = identityIn(request);
  request.callingDevice = identity.deviceId;
  const device = await authenticateDevice(hub, {
    identity,
    token: request.headers.authorization,
    certificate: clientCertificateOf(request.raw.socket),
  });
  hub.sessions.activity.note(identity, hub.clock.now());
  return { ...device, identity };
}

/**
 * Counts what a device asks for. Resolves with how to hold the answer: at once when nothing is limited.
 *
 * @throws HubError throttle.exceeded (retry): then nothing may be done
 */
export function takeTurn(
  hub: Hub,
  identity: DeviceIdentity,
  operation: ThrottledOperation,
  count = 1,
): () => Promise<void> {
  const holdMs = hub.throttle?.take(identity, operation, count) ?? 0;
  return async () => {
    if (holdMs > 0) await wait(holdMs);
  };
}
