import { type DeviceIdentity, parseSas } from '@viaduct/contracts';
import type { KnowsAuthorities } from '../hub.ts';
import type { KeepsPolicies, KeepsRegistry, KnowsItsNames, RegistryEntry, TellsTime } from '../ports.ts';
import {
  type ClientCertificate,
  type DeviceAccess,
  type DeviceCredential,
  decideDeviceAccess,
} from './decide-device-access.ts';

/** Who a device says it is, and what it has to show for it. */
export interface DeviceClaim {
  readonly identity: DeviceIdentity;
  /** Text of the token; undefined or empty when none was sent. */
  readonly token: string | undefined;
  /** The client certificate of the TLS handshake, if there was one. Only looked at when no token came. */
  readonly certificate: ClientCertificate | undefined;
}

export interface AuthenticatedDevice extends DeviceAccess {
  readonly entry: RegistryEntry;
}

/**
 * Finds what there is to know about a device and decides whether it may come in.
 *
 * @throws HubError credential.*, device.notFound, device.disabled, module.notFound
 */
export async function authenticateDevice(
  hub: KeepsRegistry & KeepsPolicies & KnowsAuthorities & KnowsItsNames & TellsTime,
  claim: DeviceClaim,
): Promise<AuthenticatedDevice> {
  const { identity } = claim;
  const presented = credentialOf(claim);
  const entry = await hub.registry.find(identity);
  const { deviceId, moduleId } = identity;
  const device = moduleId === undefined ? undefined : await hub.registry.find({ deviceId });
  const policyName = presented.kind === 'sas' ? presented.token.policy : undefined;
  const policy = policyName === undefined ? undefined : await hub.policies.find(policyName);
  const needsAuthority = entry?.authentication.type === 'certificateAuthority' && presented.kind === 'certificate';
  const credential = needsAuthority
    ? { ...presented, certificate: hub.authorities.completed(presented.certificate) }
    : presented;
  const access = decideDeviceAccess({
    identity,
    credential,
    entry,
    device,
    policy,
    authorities: needsAuthority ? await hub.authorities.authorities() : [],
    hostNames: hub.hostNames,
    now: hub.clock.now(),
  });
  if (access.intermediates !== undefined) hub.authorities.remember(access.intermediates);
  // The decision refuses an absent entry, so this one is there.
  return { ...access, entry: entry as RegistryEntry };
}

function credentialOf({ token, certificate }: DeviceClaim): DeviceCredential {
  if (token) return { kind: 'sas', token: parseSas(token) };
  return certificate === undefined ? { kind: 'none' } : { kind: 'certificate', certificate };
}
