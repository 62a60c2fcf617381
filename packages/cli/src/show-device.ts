import type { DeviceIdentity } from './registry.ts';

/** The registry's way to say never. */
const NEVER = '0001-01-01T00:00:00';

export function seenAt({ lastActivityTime }: DeviceIdentity): string | null {
  return lastActivityTime === undefined || lastActivityTime.startsWith(NEVER) ? null : lastActivityTime;
}

/** What may appear on a screen that others see: `viaduct connection-string --device ID` is the way to ask for keys. */
export function withoutKeys(device: DeviceIdentity): DeviceIdentity {
  const { authentication, ...rest } = device;
  if (authentication === undefined) return rest;
  const { symmetricKey: _keys, ...means } = authentication;
  return { ...rest, authentication: means };
}
